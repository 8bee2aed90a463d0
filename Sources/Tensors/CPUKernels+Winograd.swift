import CKernels

extension CPUKernels {
  /// The P = (tile + 2)² packed matrices of a kernel [3][3][C][N] times `scale`.
  func winogradWeights(
    tile: Int, channels: Int, filters: Int, _ kernel: UnsafePointer<Float>,
    scale: UnsafePointer<Float>?,
    into packed: UnsafeMutablePointer<Float>
  ) {
    table.pointee.winograd_weights(tile, channels, filters, kernel, scale, packed)
  }

  /// V [P][tiles][C], the transformed inputs of some tiles, numbered through all images.
  package func winogradInput(
    _ shape: WinogradShape, tiles: Range<Int>, _ input: UnsafePointer<Float>,
    into v: UnsafeMutablePointer<Float>, stride: Int
  ) {
    withUnsafePointer(to: shape.c) {
      table.pointee.winograd_input($0, tiles.lowerBound, tiles.count, input, v, stride)
    }
  }

  /// The outputs of some tiles from M [P][tiles][N]; the epilogue's pointers are those of all
  /// images.
  package func winogradOutput(
    _ shape: WinogradShape, tiles: Range<Int>, _ m: UnsafePointer<Float>, stride: Int,
    into output: UnsafeMutablePointer<Float>, epilogue: Epilogue
  ) {
    withUnsafePointer(to: shape.c) { shape in
      withUnsafePointer(to: epilogue.c) {
        table.pointee.winograd_output(
          shape, tiles.lowerBound, tiles.count, m, stride, output, $0)
      }
    }
  }
}
