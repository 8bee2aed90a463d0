import Tensors

/// How attention axes are brought to the end: an input (B, …, C) becomes (lead…, attended…, C).
struct AttentionAxes: Sendable {
  /// The axes of the input in their new order.
  let order: [Int]
  /// How many axes are attended over; none where the heads of each place attend to each other.
  let count: Int

  /// The order for inputs of the given rank; no axes at all stand for all but the first and last.
  ///
  /// With `countsHeads`, axes that are counted from the end are those of the projected input, which
  /// has one more: the last but one is that of the heads.
  init(_ axes: [Int], rank: Int, countsHeads: Bool = false) throws(LayerError) {
    if countsHeads, axes == [-2], rank > 1 {
      (count, order) = (0, Array(0..<rank))
      return
    }
    let end = countsHeads ? rank + 1 : rank
    let attended = axes.isEmpty ? Array(1..<max(rank - 1, 1)) : axes.map { $0 < 0 ? $0 + end : $0 }
    guard rank > 2, Set(attended).count == attended.count,
      attended.allSatisfy((1..<(rank - 1)).contains)
    else {
      throw LayerError("expected attention axes from 1 to \(rank - 2), found \(axes)")
    }
    count = attended.count
    order = (0..<(rank - 1)).filter { !attended.contains($0) } + attended + [rank - 1]
  }

  /// Whether the heads of each place attend to each other.
  var isAmongHeads: Bool { count == 0 }

  /// Whether the axes are in this order as they are.
  var isIdentity: Bool { order == Array(order.indices) }

  /// The axes that are not attended over, in an input of the given shape.
  func lead(_ shape: Shape) -> [Int] { order.dropLast(count + 1).map { shape[$0] } }

  /// The axes that are attended over.
  func attended(_ shape: Shape) -> [Int] { order.dropLast().suffix(count).map { shape[$0] } }

  /// The shape in the new order.
  func ordered(_ shape: Shape) -> Shape { Shape(order.map { shape[$0] }) }

  /// The order that brings (lead…, attended…, more…) back.
  func back(more: Int) -> [Int] {
    let inner = order.dropLast()
    return inner.indices.map { axis in inner.firstIndex(of: axis) ?? axis }
      + (inner.count..<(inner.count + more))
  }
}
