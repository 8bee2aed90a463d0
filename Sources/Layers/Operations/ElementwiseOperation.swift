import ModelFormat
import Tensors

/// y = a ∘ b by NumPy's broadcasting: arithmetic, comparison and logic of `keras.ops`.
///
/// Input: two tensors, or a tensor and a constant of the call. Output: what they broadcast to;
/// comparisons and logic give truth values, others the type that Keras promotes both to.
///
/// Keras: <https://keras.io/api/ops/numpy/>
struct ElementwiseOperation: Layer {
  static let classNames: [String] = table.keys.sorted()
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  private let rule: Rule

  init(_ reader: inout LayerReader) {
    rule = Self.table[reader.className] ?? Rule(.float(.add))
  }

  func isBatchIndependent(for call: LayerCall) -> Bool { call.broadcastsByItem }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let operands = try call.operands(2).fittingSum
    guard let shape = broadcastShape(operands[0].type.shape, operands[1].type.shape) else {
      throw LayerError(
        "expected shapes that broadcast together, found \(operands[0].type.shape) and "
          + "\(operands[1].type.shape)")
    }
    return [TensorType(shape, rule.resultType(operands))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let operands = try call.operands(2).fittingSum
    guard let broadcast = Broadcast(operands[0].type.shape, operands[1].type.shape) else {
      throw LayerError("expected shapes that broadcast together")
    }
    let sides = Sides(operands: operands, broadcast: broadcast)
    let computesWhole = rule.whole != nil && !operands.promotedType.isFloatingPoint
    switch (rule.kind, computesWhole) {
    case (.comparison(let compare, _), false):
      return sides.step(Float.self) { (y: UnsafeMutablePointer<Bool>, a, b) in
        y.pointee = compare(a, b)
      }
    case (.comparison(_, let compare), true):
      return sides.step(Int64.self) { (y: UnsafeMutablePointer<Bool>, a, b) in
        y.pointee = compare(a, b)
      }
    case (.float(let operation), false): return sides.step(operation)
    case (.function(let function), false):
      return sides.step(Float.self) { (y: UnsafeMutablePointer<Float>, a, b) in
        y.pointee = function(a, b)
      }
    default:
      guard let whole = rule.whole else { throw LayerError("expected floating-point numbers") }
      return switch call.outputs[0].elementType {
      case .bool:
        sides.step(Int64.self) { (y: UnsafeMutablePointer<Bool>, a, b) in
          y.pointee = whole(a, b) != 0
        }
      case .int8: sides.step(whole, Int8.self)
      case .int16: sides.step(whole, Int16.self)
      case .int64: sides.step(whole, Int64.self)
      case .uint8: sides.step(whole, UInt8.self)
      case .uint16: sides.step(whole, UInt16.self)
      default: sides.step(whole, Int32.self)
      }
    }
  }
}

extension ElementwiseOperation {
  /// What an operation computes.
  private struct Rule: Sendable {
    enum Kind: Sendable {
      /// An operation that kernels have.
      case float(BinaryOperation)
      /// Any other function of numbers.
      case function(@Sendable (Float, Float) -> Float)
      /// A function to a truth value, of numbers and of whole numbers.
      case comparison(
        @Sendable (Float, Float) -> Bool, @Sendable (Int64, Int64) -> Bool)
    }

    let kind: Kind
    /// The same of whole numbers; nil where Keras makes them floating-point numbers first.
    var whole: (@Sendable (Int64, Int64) -> Int64)?

    init(_ kind: Kind, whole: (@Sendable (Int64, Int64) -> Int64)? = nil) {
      self.kind = kind
      self.whole = whole
      if case .comparison = kind, whole == nil { self.whole = { a, _ in a } }
    }

    func resultType(_ operands: [Operand]) -> ElementType {
      if case .comparison = kind { return .bool }
      return whole == nil ? .float32 : operands.wholeType
    }
  }

  /// The greatest common divisor.
  private static func divisor(_ a: Int64, _ b: Int64) -> Int64 {
    var (a, b) = (a.magnitude, b.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    return Int64(truncatingIfNeeded: a)
  }

  /// a / b towards zero, which is 0 where b is; what is too large by one wraps.
  private static func quotient(_ a: Int64, _ b: Int64) -> Int64 {
    b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
  }

  /// What is left of a by ``quotient(_:_:)``, which is 0 where b is.
  private static func remainder(_ a: Int64, _ b: Int64) -> Int64 {
    b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
  }

  /// a to the power b, of which 64 bits are kept; for b below 0 what is whole of it.
  private static func power(_ a: Int64, _ b: Int64) -> Int64 {
    if b < 0 { return a == 1 ? 1 : 0 }
    var (result, square, rest) = (1 as Int64, a, b)
    while rest > 0 {
      if rest & 1 == 1 { result &*= square }
      square &*= square
      rest >>= 1
    }
    return result
  }

  /// The places by which TensorFlow shifts, never back.
  private static func places(_ amount: Int64) -> Int64 { min(max(amount, 0), 63) }

  private static func comparing(
    _ float: @escaping @Sendable (Float, Float) -> Bool,
    _ whole: @escaping @Sendable (Int64, Int64) -> Bool
  ) -> Rule {
    Rule(.comparison(float, whole))
  }

  private static let table: [String: Rule] = {
    let divide = Rule(.float(.divide))
    let modulo = Rule(.float(.modulo)) { a, b in
      let rest = remainder(a, b)
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }
    let floorDivide = Rule(.float(.floorDivide)) { a, b in
      quotient(a, b) - (remainder(a, b) != 0 && (a < 0) != (b < 0) ? 1 : 0)
    }
    return [
      "ops.Add": Rule(.float(.add)) { $0 &+ $1 },
      "ops.Subtract": Rule(.float(.subtract)) { $0 &- $1 },
      "ops.Multiply": Rule(.float(.multiply)) { $0 &* $1 },
      "ops.Divide": divide, "ops.TrueDivide": divide,
      "ops.DivideNoNan": Rule(.function { a, b in b == 0 ? 0 : a / b }),
      "ops.FloorDivide": floorDivide, "ops.Mod": modulo,
      "ops.Power": Rule(.float(.power)) { power($0, $1) },
      "ops.Maximum": Rule(.float(.maximum)) { max($0, $1) },
      "ops.Minimum": Rule(.float(.minimum)) { min($0, $1) },
      "ops.Fmax": Rule(.function { $0.isNaN ? $1 : $1.isNaN ? $0 : max($0, $1) }) { max($0, $1) },
      "ops.Fmin": Rule(.function { $0.isNaN ? $1 : $1.isNaN ? $0 : min($0, $1) }) { min($0, $1) },
      "ops.Fmod": Rule(.function { $0.truncatingRemainder(dividingBy: $1) }) { remainder($0, $1) },
      "ops.TruncateDivide": Rule(.function { ($0 / $1).rounded(.towardZero) }) {
        quotient($0, $1)
      },
      "ops.Heaviside": Rule(.function { a, b in a == 0 ? b : a < 0 ? 0 : a > 0 ? 1 : a }),
      "ops.Arctan2": Rule(.function { Float(Scalar.arctan2(Double($0), Double($1))) }),
      "ops.Hypot": Rule(.function { ($0 * $0 + $1 * $1).squareRoot() }),
      "ops.Logaddexp": Rule(.function { Float(Scalar.logAddExp(Double($0), Double($1))) }),
      "ops.Logaddexp2": Rule(.function { Float(Scalar.logAddExp2(Double($0), Double($1))) }),
      "ops.Ldexp": Rule(
        .function {
          $0 == 0 || $0.isInfinite ? $0 : Float(Double($0) * Scalar.power(2, Double($1)))
        }),
      "ops.Nextafter": Rule(
        .function { a, b in a.isNaN || b.isNaN ? .nan : a == b ? b : a < b ? a.nextUp : a.nextDown }
      ),
      "ops.BitwiseAnd": Rule(.function { a, _ in a }) { $0 & $1 },
      "ops.BitwiseOr": Rule(.function { a, _ in a }) { $0 | $1 },
      "ops.BitwiseXor": Rule(.function { a, _ in a }) { $0 ^ $1 },
      "ops.BitwiseLeftShift": Rule(.function { a, _ in a }) { $0 << places($1) },
      "ops.LeftShift": Rule(.function { a, _ in a }) { $0 << places($1) },
      "ops.BitwiseRightShift": Rule(.function { a, _ in a }) { $0 >> places($1) },
      "ops.RightShift": Rule(.function { a, _ in a }) { $0 >> places($1) },
      "ops.Gcd": Rule(.function { a, _ in a }) { divisor($0, $1) },
      "ops.Lcm": Rule(.function { a, _ in a }) { a, b in
        a == 0 || b == 0
          ? 0 : Int64(truncatingIfNeeded: (a / divisor(a, b) &* b).magnitude)
      },
      "ops.SquaredDifference": Rule(.function { ($0 - $1) * ($0 - $1) }) {
        ($0 &- $1) &* ($0 &- $1)
      },
      "ops.MultiplyNoNan": Rule(.function { a, b in b == 0 ? 0 : a * b }),
      "ops.Xlogy": Rule(
        .function { a, b in a == 0 ? 0 : Float(Double(a) * Scalar.logarithm(Double(b))) }),
      "ops.Xdivy": Rule(.function { a, b in a == 0 ? 0 : a / b }),
      "ops.Equal": comparing({ $0 == $1 }, { $0 == $1 }),
      "ops.NotEqual": comparing({ $0 != $1 }, { $0 != $1 }),
      "ops.Greater": comparing({ $0 > $1 }, { $0 > $1 }),
      "ops.GreaterEqual": comparing({ $0 >= $1 }, { $0 >= $1 }),
      "ops.Less": comparing({ $0 < $1 }, { $0 < $1 }),
      "ops.LessEqual": comparing({ $0 <= $1 }, { $0 <= $1 }),
      "ops.LogicalAnd": comparing({ $0 != 0 && $1 != 0 }, { $0 != 0 && $1 != 0 }),
      "ops.LogicalOr": comparing({ $0 != 0 || $1 != 0 }, { $0 != 0 || $1 != 0 }),
      "ops.LogicalXor": comparing({ ($0 != 0) != ($1 != 0) }, { ($0 != 0) != ($1 != 0) }),
    ]
  }()
}

/// Both sides of an elementwise operation and how they broadcast.
private struct Sides: Sendable {
  let operands: [Operand]
  let broadcast: Broadcast

  private var scratchBytes: Int { operands.reduce(0) { $0 + $1.scratchBytes } }

  /// The step that lets `body` write each element from the two that it is made of.
  func step<Element: TensorElement, Result: TensorElement>(
    _ element: Element.Type,
    _ body: @escaping @Sendable (UnsafeMutablePointer<Result>, Element, Element) -> Void
  ) -> Step {
    .run(scratchBytes: scratchBytes) { buffers in
      let (a, b) = values(as: element, buffers)
      let y = buffers.output(0, as: Result.self)
      broadcast.forEachRun(in: 0..<broadcast.runCount) { run in
        for index in 0..<run.count {
          body(
            y + run.output + index, a[run.a + (broadcast.advancesA ? index : 0)],
            b[run.b + (broadcast.advancesB ? index : 0)])
        }
      }
    }
  }

  /// The step of a function of whole numbers, of which the bits that a type has are kept.
  func step<Result: TensorElement & FixedWidthInteger>(
    _ function: @escaping @Sendable (Int64, Int64) -> Int64, _ result: Result.Type
  ) -> Step {
    step(Int64.self) { (y: UnsafeMutablePointer<Result>, a, b) in
      y.pointee = Result(truncatingIfNeeded: function(a, b))
    }
  }

  /// The step of an operation that kernels have.
  func step(_ operation: BinaryOperation) -> Step {
    .run(scratchBytes: scratchBytes) { buffers in
      let (a, b) = values(as: Float.self, buffers)
      let y = buffers.output()
      let grain = 1 + 32_768 / max(broadcast.runLength, 1)
      buffers.workers.forEachRange(of: broadcast.runCount, grain: grain) { range in
        CPUKernels.active.binary(operation, broadcast, runs: range, a, b, into: y)
      }
    }
  }

  private func values<Element: TensorElement>(
    as element: Element.Type, _ buffers: StepBuffers
  ) -> (UnsafePointer<Element>, UnsafePointer<Element>) {
    (
      operands[0].values(as: element, buffers, scratch: buffers.scratch),
      operands[1].values(
        as: element, buffers, scratch: buffers.scratch + operands[0].scratchBytes)
    )
  }
}
