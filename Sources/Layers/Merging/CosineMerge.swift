import Tensors

/// z[b, 0, i…, j…] = x·y / max(√max(x·x' ∘ y·y', 0), 1e-7), each product as ``Dot`` takes it along
/// the same two axes: Keras 1's `Merge` of mode `cos`.
///
/// For inputs of rank 2 this is the cosine of the angle between two rows, (B, 1, 1). For others the
/// lengths are not those of the rows: x·x' and y·y' have all pairs of rows of one input, and may be
/// below zero, as in Keras.
///
/// Input: x and y of one shape (B, …). Output: (B, 1, i…, j…), x's other axes, then y's.
struct CosineMerge: Layer {
  static let classNames = ["CosineMerge"]

  private let axes: [Int]

  init(_ reader: inout LayerReader) {
    axes = reader.ints("axes", count: 2, in: -16...15)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let (first, second) = try sides(of: call)
    let rest = first.rest + second.rest
    return [TensorType(Shape([call.inputs[0].shape[0], 1] + (rest.isEmpty ? [1] : rest)))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (first, second) = try sides(of: call)
    let batch = call.inputs[0].shape[0]
    let (rows, columns, length) = (first.count, second.count, first.length)
    let part = first.scratchCount
    return .run(scratchBytes: batch * 4 * part * MemoryLayout<Float>.stride) { buffers in
      buffers.workers.forEachRange(of: batch, grain: 1 + 30_000 / first.work(with: second)) {
        for item in $0 {
          let copy = buffers.scratch(from: item * 4 * part)
          let (x, y) = (buffers.input(0), buffers.input(1))
          let (xRows, yRows) = (
            first.rows(of: x, item, false, copy),
            first.rows(of: y, item, false, copy + part)
          )
          let (xColumns, yColumns) = (
            second.rows(of: x, item, false, copy + 2 * part),
            second.rows(of: y, item, false, copy + 3 * part)
          )
          let z = buffers.output() + item * rows * columns
          for place in 0..<rows * columns {
            let (row, column) = (place / columns * length, place % columns * length)
            var (product, xSquare, ySquare): (Float, Float, Float) = (0, 0, 0)
            for index in 0..<length {
              product += xRows[row + index] * yColumns[column + index]
              xSquare += xRows[row + index] * xColumns[column + index]
              ySquare += yRows[row + index] * yColumns[column + index]
            }
            let square = xSquare * ySquare
            let size = (square < 0 ? 0 : square).squareRoot()
            z[place] = product / (size < 1e-7 ? 1e-7 : size)
          }
        }
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let (first, second) = try? sides(of: call) else { return 0 }
    return 3 * call.inputs[0].shape[0] * first.work(with: second)
  }

  /// Either input, seen along the first and along the second axis.
  private func sides(of call: LayerCall) throws(LayerError) -> (DotSide, DotSide) {
    let shapes = call.inputs.map(\.shape)
    guard shapes.count == 2, shapes[0] == shapes[1] else {
      throw LayerError("expected 2 inputs of one shape, found \(shapes)")
    }
    let places = axes.compactMap(shapes[0].normalizedAxis)
    guard places.count == 2, !places.contains(0), shapes[0][places[0]] == shapes[0][places[1]]
    else {
      throw LayerError(
        "expected axes of one size of shape \(shapes[0]) but the first, found \(axes)")
    }
    return (DotSide(shapes[0], axis: places[0]), DotSide(shapes[0], axis: places[1]))
  }
}
