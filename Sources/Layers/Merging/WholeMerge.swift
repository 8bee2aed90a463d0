import Tensors

/// A merge of whole numbers, which stay such: of a sum, difference or product those bits are kept
/// that the type has; a mean divides what is left of the sum.
struct WholeMerge: Sendable {
  private let operation: BinaryOperation
  private let inputs: [TensorType]
  /// The inputs' shapes, all of one rank.
  private let shapes: [Shape]
  private let output: TensorType
  private let isMean: Bool

  init(
    _ operation: BinaryOperation, _ inputs: [TensorType], shapes: [Shape], output: TensorType,
    isMean: Bool
  ) {
    self.operation = operation
    self.inputs = inputs
    self.shapes = shapes
    self.output = output
    self.isMean = isMean
  }

  /// Whether tensors of these types are merged as whole numbers: truth values beside them are 0 or 1.
  static func applies(to types: [ElementType]) -> Bool {
    types.allSatisfy { !$0.isFloatingPoint && $0 != .string } && types.contains { $0 != .bool }
  }

  /// The types of the totals behind each input.
  static func totals(_ inputs: [TensorType]) -> [ElementType] {
    var totals: [ElementType] = []
    for (index, input) in inputs.enumerated() {
      let terms = [totals.last, input.elementType].compactMap { $0 }
      totals.append(
        index == 0
          ? input.elementType
          : terms.enumerated().map { Operand(input: $0.offset, TensorType([], $0.element)) }
            .wholeType)
    }
    return totals
  }

  /// How the call runs.
  var step: Step {
    let (operation, inputs, output, isMean) = (operation, inputs, output, isMean)
    let totals = Self.totals(inputs)
    let count = output.shape.elementCount
    let places = shapes.compactMap { Broadcast(output.shape, $0) }
    let most = shapes.map(\.elementCount).max() ?? 0
    return .run(scratchBytes: (count + most) * MemoryLayout<Int64>.stride) { buffers in
      let total = buffers.scratch.assumingMemoryBound(to: Int64.self)
      let scratch = UnsafeMutableRawPointer(total + count)
      for (index, (input, place)) in zip(inputs, places).enumerated() {
        let x = Operand(input: index, input).values(as: Int64.self, buffers, scratch: scratch)
        let type = totals[index]
        place.forEachRun(in: 0..<place.runCount) { run in
          for item in 0..<run.count {
            let value = x[run.b + (place.advancesB ? item : 0)]
            let sum = total + run.output + item
            sum.pointee =
              index == 0 ? value : Self.cut(Self.merged(operation, sum.pointee, value), to: type)
          }
        }
      }
      if isMean {
        let y = buffers.output()
        for index in 0..<count { y[index] = Float(Double(total[index]) / Double(inputs.count)) }
      } else {
        convertElements(
          count, total, .int64, buffers.outputBytes(), output.elementType)
      }
    }
  }

  private static func merged(_ operation: BinaryOperation, _ a: Int64, _ b: Int64) -> Int64 {
    switch operation {
    case .subtract: a &- b
    case .multiply: a &* b
    case .maximum: max(a, b)
    case .minimum: min(a, b)
    default: a &+ b
    }
  }

  /// The number that the bits of a type hold.
  private static func cut(_ value: Int64, to type: ElementType) -> Int64 {
    switch type {
    case .int8: Int64(Int8(truncatingIfNeeded: value))
    case .int16: Int64(Int16(truncatingIfNeeded: value))
    case .int32: Int64(Int32(truncatingIfNeeded: value))
    case .uint8: Int64(UInt8(truncatingIfNeeded: value))
    case .uint16: Int64(UInt16(truncatingIfNeeded: value))
    default: value
    }
  }
}
