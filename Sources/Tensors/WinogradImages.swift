import CKernels

/// The tiles of a 3 x 3 convolution with stride 1 over images (height, width, channels).
package struct WinogradImages: WinogradTiling {
  private let c: ck_winograd
  private let images: Int

  /// A convolution of some images, computed in tiles of `tile` x `tile` outputs, 4 or 2; `padding`
  /// is what lies above an image and left of it.
  package init(
    tile: Int, images: Int, input: (height: Int, width: Int, channels: Int),
    output: (height: Int, width: Int, filters: Int), padding: (top: Int, left: Int)
  ) {
    self.images = images
    c = ck_winograd(
      height: input.height, width: input.width, channels: input.channels,
      out_height: output.height, out_width: output.width, filters: output.filters,
      pad_top: padding.top, pad_left: padding.left, tile: tile)
  }

  package var channels: Int { c.channels }
  package var filters: Int { c.filters }
  package var positions: Int { (c.tile + 2) * (c.tile + 2) }
  package var rowStep: Int { 1 }
  package var rowsTaken: Int { 1 }
  package var tileCount: Int {
    images * ((c.out_height + c.tile - 1) / c.tile) * ((c.out_width + c.tile - 1) / c.tile)
  }

  package func transformKernel(
    _ kernel: UnsafePointer<Float>, scale: UnsafePointer<Float>?,
    into packed: UnsafeMutablePointer<Float>, _ kernels: CPUKernels
  ) {
    kernels.table.pointee.winograd_weights(c.tile, c.channels, c.filters, kernel, scale, packed)
  }

  package func transformInput(
    rows: Range<Int>, _ input: UnsafePointer<Float>, into v: UnsafeMutablePointer<Float>,
    stride: Int, _ kernels: CPUKernels
  ) {
    withUnsafePointer(to: c) {
      kernels.table.pointee.winograd_input($0, rows.lowerBound, rows.count, input, v, stride)
    }
  }

  package func transformOutput(
    tiles: Range<Int>, _ m: UnsafePointer<Float>, stride: Int,
    into output: UnsafeMutablePointer<Float>, _ epilogue: Epilogue, _ kernels: CPUKernels
  ) {
    withUnsafePointer(to: c) { shape in
      withUnsafePointer(to: epilogue.c) {
        kernels.table.pointee.winograd_output(
          shape, tiles.lowerBound, tiles.count, m, stride, output, $0)
      }
    }
  }
}
