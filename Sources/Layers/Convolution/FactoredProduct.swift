import Tensors

/// y[b, p, f] = finish(Σ_c x[b, p, c] · s[b, c] · kernel[c, f]): a pointwise convolution over
/// channels that have a factor for each item, as in squeeze-and-excitation.
///
/// The factors go into a copy of the weights, which are fewer than the pixels' numbers.
struct FactoredProduct: Sendable {
  private let panels: PackedMatrix
  private let items: Int
  /// The pixels of an item.
  private let pixels: Int
  /// The call's input that holds the factors, (B, 1…, C).
  private let factors: Int

  /// The multiplications below which a product is not worth a second thread.
  private static let leastShare = 100_000

  /// A product over the pixels of `input`, (B, spatial…, C).
  init(_ panels: PackedMatrix, input: Shape, factors: Int) {
    self.panels = panels
    self.factors = factors
    items = input[0]
    pixels = input.dimensions.dropFirst().dropLast().reduce(1, *)
  }

  /// The numbers that the copy takes.
  var scratchCount: Int { panels.packedCount }

  func run(_ buffers: StepBuffers, _ finish: Finish) {
    let scaled = buffers.scratch()
    for item in 0..<items {
      panels.copy(scaledBy: buffers.input(factors) + item * panels.rows, into: scaled)
      multiply(item, scaled, buffers, finish)
    }
  }

  private func multiply(
    _ item: Int, _ scaled: UnsafeMutablePointer<Float>, _ buffers: StepBuffers, _ finish: Finish
  ) {
    let (kernels, inner, columns) = (panels.kernels, panels.rows, panels.columns)
    let x = buffers.input(0) + item * pixels * inner
    let y = buffers.output() + item * pixels * columns
    let tile = kernels.tileRows
    let tileWork = max(tile * inner * columns, 1)
    buffers.workers.forEachRange(
      of: (pixels + tile - 1) / tile, grain: 1 + Self.leastShare / tileWork
    ) { range in
      let rows = (range.lowerBound * tile)..<min(range.upperBound * tile, pixels)
      let c = y + rows.lowerBound * columns
      kernels.product(
        rows: rows.count, columns: 0..<columns, a: x + rows.lowerBound * inner, aStride: inner,
        weights: panels, panels: scaled, c: c, cStride: columns,
        epilogue: finish.epilogue(buffers, c, width: columns))
      finish.finish(c, rows: rows.count, width: columns)
    }
  }
}
