import CKernels

/// An operation on two numbers.
package enum BinaryOperation: Sendable, Hashable, CaseIterable {
  case add
  case subtract
  case multiply
  case divide
  case maximum
  case minimum
  case power
  case squaredDifference
  case floorDivide
  case modulo

  fileprivate var c: Int32 {
    let op =
      switch self {
      case .add: CK_ADD
      case .subtract: CK_SUBTRACT
      case .multiply: CK_MULTIPLY
      case .divide: CK_DIVIDE
      case .maximum: CK_MAXIMUM
      case .minimum: CK_MINIMUM
      case .power: CK_POWER
      case .squaredDifference: CK_SQUARED_DIFFERENCE
      case .floorDivide: CK_FLOOR_DIVIDE
      case .modulo: CK_MODULO
      }
    return Int32(bitPattern: op.rawValue)
  }
}

extension CPUKernels {
  /// y[i] = activation(x[i]); `y` may be `x`.
  package func activate(
    _ activation: Activation, count: Int, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: activation.c) { table.pointee.activate($0, count, x, y) }
  }

  /// y[i] = op(a[i], b[i]), where a side that does not advance is one number; `y` may be either.
  package func binary(
    _ op: BinaryOperation, count: Int, _ a: UnsafePointer<Float>, advancesA: Bool = true,
    _ b: UnsafePointer<Float>, advancesB: Bool = true, into y: UnsafeMutablePointer<Float>
  ) {
    table.pointee.binary(op.c, count, a, advancesA ? 1 : 0, b, advancesB ? 1 : 0, y)
  }

  /// y = op(a, b) with both sides broadcast to the shape of `broadcast`: some of its runs, or all.
  package func binary(
    _ op: BinaryOperation, _ broadcast: Broadcast, runs: Range<Int>? = nil,
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    broadcast.forEachRun(in: runs ?? 0..<broadcast.runCount) { run in
      binary(
        op, count: run.count, a + run.a, advancesA: broadcast.advancesA, b + run.b,
        advancesB: broadcast.advancesB, into: y + run.output)
    }
  }
}
