import CKernels

/// The tiles of a convolution with stride 1 along one axis, in lines of pixels.
package struct WinogradLines: WinogradTiling {
  /// The outputs of a tile.
  package static let tile = 6
  /// The taps that are transformed together; longer kernels are several such runs.
  package static let run = 3

  private let c: ck_winograd_line
  private let taps: Int

  /// A convolution by a kernel of some taps over `outer` runs of pixels, of which every `inner`-th
  /// is one of a line's; `padding` lies in front of a line.
  package init(
    taps: Int, outer: Int, inner: Int, input: (pixels: Int, channels: Int),
    output: (pixels: Int, filters: Int), padding: Int
  ) {
    self.taps = taps
    let runs = (taps + Self.run - 1) / Self.run
    let step = Self.tile * inner
    c = ck_winograd_line(
      lines: outer * inner, inner: inner, size: input.pixels, channels: input.channels,
      out_size: output.pixels, filters: output.filters, pad: padding,
      tiles: (output.pixels + step - 1) / step + Self.tilesBehind(runs))
  }

  /// The tiles that the last of a line's would reach into.
  private static func tilesBehind(_ runs: Int) -> Int { max(0, runs - 1) / 2 }

  package var channels: Int { c.channels }
  package var filters: Int { c.filters }
  package var positions: Int { 8 }
  package var rowStep: Int { 2 }
  package var rowsTaken: Int { (taps + Self.run - 1) / Self.run }
  package var tileCount: Int { c.lines * c.tiles - Self.tilesBehind(rowsTaken) }

  package func transformKernel(
    _ kernel: UnsafePointer<Float>, scale: UnsafePointer<Float>?,
    into packed: UnsafeMutablePointer<Float>, _ kernels: CPUKernels
  ) {
    kernels.table.pointee.winograd_line_weights(
      taps, c.channels, c.filters, kernel, scale, packed)
  }

  package func transformInput(
    rows: Range<Int>, _ input: UnsafePointer<Float>, into v: UnsafeMutablePointer<Float>,
    stride: Int, _ kernels: CPUKernels
  ) {
    withUnsafePointer(to: c) {
      kernels.table.pointee.winograd_line_input($0, rows.lowerBound, rows.count, input, v, stride)
    }
  }

  package func transformOutput(
    tiles: Range<Int>, _ m: UnsafePointer<Float>, stride: Int,
    into output: UnsafeMutablePointer<Float>, _ epilogue: Epilogue, _ kernels: CPUKernels
  ) {
    withUnsafePointer(to: c) { shape in
      withUnsafePointer(to: epilogue.c) {
        kernels.table.pointee.winograd_line_output(
          shape, tiles.lowerBound, tiles.count, m, stride, output, $0)
      }
    }
  }
}
