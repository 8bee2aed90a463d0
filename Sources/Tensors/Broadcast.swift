/// The shape that both shapes broadcast to by NumPy's rule, or nil where they do not.
package func broadcastShape(_ a: Shape, _ b: Shape) -> Shape? {
  let rank = max(a.rank, b.rank)
  var sizes = [Int](repeating: 1, count: rank)
  for axis in 0..<rank {
    let first = a.rank > axis ? a.dimensions[a.rank - 1 - axis] : 1
    let second = b.rank > axis ? b.dimensions[b.rank - 1 - axis] : 1
    guard first == second || first == 1 || second == 1 else { return nil }
    sizes[rank - 1 - axis] = first == 1 ? second : first
  }
  return Shape(sizes)
}

/// How two shapes broadcast together, worked out once: runs along the innermost axes, in which each
/// side either advances with the output or stays on one number.
package struct Broadcast: Sendable {
  /// The shape of the result.
  package let shape: Shape
  /// Whether the first side advances within a run.
  package let advancesA: Bool
  /// Whether the second side advances within a run.
  package let advancesB: Bool
  /// The numbers in a run.
  package let runLength: Int
  private var outer: [Axis] = []

  private struct Axis {
    var size: Int
    var a: Int
    var b: Int
  }

  /// One run: where it begins on each side and in the output.
  package struct Run {
    /// The numbers in the run.
    package let count: Int
    /// Where the first side begins.
    package let a: Int
    /// Where the second side begins.
    package let b: Int
    /// Where the output begins.
    package let output: Int
  }

  /// How `a` and `b` broadcast together, or nil where they do not.
  package init?(_ a: Shape, _ b: Shape) {
    guard let shape = broadcastShape(a, b) else { return nil }
    self.shape = shape
    var merged: [Axis] = []
    let (strideA, strideB) = (Self.strides(of: a, in: shape), Self.strides(of: b, in: shape))
    for (axis, size) in shape.dimensions.enumerated() where size != 1 {
      let next = Axis(size: size, a: strideA[axis], b: strideB[axis])
      if let last = merged.last, last.a == next.a * size, last.b == next.b * size {
        merged[merged.count - 1] = Axis(size: last.size * size, a: next.a, b: next.b)
      } else {
        merged.append(next)
      }
    }
    let inner = merged.popLast() ?? Axis(size: 1, a: 1, b: 1)
    runLength = inner.size
    advancesA = inner.a != 0
    advancesB = inner.b != 0
    outer = merged
  }

  /// The strides of `shape` seen under the axes of `target`: 0 where it repeats.
  private static func strides(of shape: Shape, in target: Shape) -> [Int] {
    let missing = target.rank - shape.rank
    let own = shape.strides
    return (0..<target.rank).map { axis in
      axis < missing || shape.dimensions[axis - missing] == 1 ? 0 : own[axis - missing]
    }
  }

  /// The number of runs.
  package var runCount: Int { shape.elementCount / max(runLength, 1) }

  /// Calls `body` with some of the runs, in the output's order.
  package func forEachRun(in runs: Range<Int>, _ body: (Run) -> Void) {
    for index in runs {
      var (rest, a, b) = (index, 0, 0)
      for axis in outer.reversed() {
        let (next, place) = rest.quotientAndRemainder(dividingBy: axis.size)
        a += place * axis.a
        b += place * axis.b
        rest = next
      }
      body(Run(count: runLength, a: a, b: b, output: index * runLength))
    }
  }
}
