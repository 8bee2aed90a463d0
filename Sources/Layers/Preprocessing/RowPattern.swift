import Tensors

/// A tensor seen as rows of equal length that repeat the same parameters.
///
/// Parameters broadcast to the tensor; rows are long enough for a kernel, as far as the tensor's
/// item is.
struct RowPattern: Sendable {
  /// The numbers in a row.
  let width: Int
  /// The number of rows.
  let rows: Int
  private let row: Shape
  private static let usefulWidth = 256

  /// The rows of a tensor of the given shape under parameters of another, or nil where these do not
  /// broadcast to it.
  init?(_ shape: Shape, parameters: Shape) {
    guard broadcastShape(shape, parameters) == shape else { return nil }
    let missing = shape.rank - parameters.rank
    var axis = (parameters.dimensions.firstIndex { $0 != 1 } ?? parameters.rank) + missing
    while axis > 1, shape.dimensions[axis...].reduce(1, *) < Self.usefulWidth { axis -= 1 }
    row = Shape(Array(shape.dimensions[axis...]))
    width = row.elementCount
    rows = shape.dimensions[..<axis].reduce(1, *)
  }

  /// The parameters of one row, one for each of its numbers.
  func expanded(_ parameters: Tensor) -> [Float] {
    let inner = Shape(Array(parameters.shape.dimensions.suffix(row.rank)))
    let zeros = [Float](repeating: 0, count: width)
    return [Float](unsafeUninitializedCapacity: width) { buffer, count in
      count = width
      guard let start = buffer.baseAddress, let broadcast = Broadcast(row, inner) else { return }
      parameters.withElements(as: Float.self) { elements in
        guard let parameters = elements.baseAddress else { return }
        CPUKernels.active.binary(.add, broadcast, zeros, parameters, into: start)
      }
    }
  }

  /// Calls `body` for runs of rows that cover the tensor, with their place in it.
  func forEachRun(_ workers: WorkerPool, _ body: (_ rows: Range<Int>, _ offset: Int) -> Void) {
    workers.forEachRange(of: rows, grain: 1 + 16_384 / max(width, 1)) {
      body($0, $0.lowerBound * width)
    }
  }
}
