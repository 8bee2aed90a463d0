import ModelFormat
import Tensors

/// A function of the lines along one axis: `Cumsum`, `Cumprod`, `LogSoftmax`, `Normalize`, `Glu`,
/// `Sparsemax` and their kin of `keras.ops`.
///
/// Input: any shape. Output: the same shape, but for `Glu`, which halves the axis; without an axis
/// sums run over the flattened tensor.
///
/// Keras: <https://keras.io/api/ops/numpy/#cumsum-function>,
/// <https://keras.io/api/ops/nn/#normalize-function>
struct LineOperation: Layer {
  static let classNames = [
    "ops.CumulativeLogsumexp", "ops.Cumprod", "ops.Cumsum", "ops.Glu", "ops.LogSoftmax",
    "ops.Nancumprod", "ops.Nancumsum",
    "ops.Normalize", "ops.Sparsemax",
  ]
  static let elementTypes: [ElementType] = []

  /// Makes one line of another.
  private typealias Body = @Sendable (_ line: inout [Double]) -> Void
  private typealias WholeBody = @Sendable (_ line: inout [Int64]) -> Void

  private let axis: Int?
  private let body: Body
  /// The same of whole numbers, which overflow as a processor's do.
  private let wholeBody: WholeBody
  private let halves: Bool
  private let keepsWhole: Bool
  /// Whether the shape stays where there is no axis.
  private let keepsShape: Bool
  /// The type that the numbers are converted to first; nil for their own.
  private let target: ElementType?

  func isBatchIndependent(for call: LayerCall) -> Bool {
    axis.map { call.leavesBatch([$0]) } ?? false
  }

  init(_ reader: inout LayerReader) {
    let name = reader.className
    keepsWhole = name.lowercased().contains("cum")
    keepsShape = name == "ops.LogSoftmax"
    axis =
      keepsWhole && reader.value("axis") == nil || keepsShape && reader.isNull("axis")
      ? nil : reader.int("axis", default: -1, in: -64...63)
    _ = reader.value("axis")
    halves = name == "ops.Glu"
    target = keepsWhole ? Self.target(&reader) : nil
    wholeBody = Self.accumulation(&reader)
    switch name {
    case "ops.Cumsum", "ops.Nancumsum": body = Self.accumulation(&reader, from: 0, +)
    case "ops.Cumprod", "ops.Nancumprod": body = Self.accumulation(&reader, from: 1, *)
    case "ops.CumulativeLogsumexp":
      body = Self.accumulation(&reader, from: -.infinity) { Scalar.logAddExp($0, $1) }
    case "ops.LogSoftmax":
      body = { line in
        let most = line.max() ?? 0
        let total = Scalar.logarithm(line.reduce(0) { $0 + Scalar.exponential($1 - most) })
        for index in line.indices { line[index] = line[index] - most - total }
      }
    case "ops.Glu": body = { Self.apply(.glu, to: &$0) }
    case "ops.Sparsemax": body = { Self.apply(.sparsemax, to: &$0) }
    default:
      let order = reader.number("order", default: 2)
      let epsilon = reader.number("epsilon", default: 1e-7)
      if order < 1 { reader.refuse("order", "expected 1 or more, found \(order)") }
      body = { line in
        let norm = Self.norm(line, order)
        for index in line.indices { line[index] /= max(norm, epsilon) }
      }
    }
  }

  private static func target(_ reader: inout LayerReader) -> ElementType? {
    guard let name = reader.value("dtype")?.string else { return nil }
    let known: [ElementType] = [.float32, .float64, .int32, .int64]
    guard let type = ElementType(rawValue: name), known.contains(type),
      type.isFloatingPoint || !reader.className.hasPrefix("ops.Nan")
    else {
      reader.refuse("dtype", "numbers are not added up as \"\(name)\" here")
      return nil
    }
    return type.isFloatingPoint ? .float32 : type
  }

  /// What is so far of the numbers; the number itself counts unless it is excluded.
  private static func accumulation(
    _ reader: inout LayerReader, from start: Double,
    _ operation: @escaping @Sendable (Double, Double) -> Double
  ) -> Body {
    let isExclusive = reader.bool("exclusive", default: false)
    let isReversed = reader.bool("reverse", default: false)
    let passesNaN = reader.className.hasPrefix("ops.Nan")
    let most = Double(Float.greatestFiniteMagnitude)
    return { line in
      var sum = start
      for index in isReversed ? Array(line.indices.reversed()) : Array(line.indices) {
        let number = line[index]
        let next = operation(
          sum, passesNaN ? number.isNaN ? start : min(max(number, -most), most) : number)
        line[index] = isExclusive ? sum : next
        sum = next
      }
    }
  }

  /// The same of whole numbers: sums, or products.
  private static func accumulation(_ reader: inout LayerReader) -> WholeBody {
    let isExclusive = reader.bool("exclusive", default: false)
    let isReversed = reader.bool("reverse", default: false)
    let isProduct = reader.className.hasSuffix("prod")
    return { line in
      var total: Int64 = isProduct ? 1 : 0
      for index in isReversed ? Array(line.indices.reversed()) : Array(line.indices) {
        let next = isProduct ? total &* line[index] : total &+ line[index]
        line[index] = isExclusive ? total : next
        total = next
      }
    }
  }

  private static func apply(_ function: RowFunction, to line: inout [Double]) {
    let row = line.map { Float($0) }
    let result = [Float](unsafeUninitializedCapacity: row.count) { buffer, count in
      count = function.outputWidth(of: row.count)
      row.withUnsafeBufferPointer { from in
        guard let from = from.baseAddress, let to = buffer.baseAddress else { return }
        function.apply(from, into: to, rows: 1, width: row.count)
      }
    }
    line = result.map { Double($0) }
  }

  private static func norm(_ line: [Double], _ order: Double) -> Double {
    switch order {
    case 1: line.reduce(0) { $0 + $1.magnitude }
    case 2: line.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .infinity: line.reduce(0) { max($0, $1.magnitude) }
    default: Scalar.power(line.reduce(0) { $0 + Scalar.power($1.magnitude, order) }, 1 / order)
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    var shape = try call.onlyShape()
    guard let axis else {
      return [TensorType(keepsShape ? shape : [shape.elementCount], resultType(call))]
    }
    guard let place = shape.normalizedAxis(axis) else {
      throw LayerError("expected an axis of shape \(shape), found \(axis)")
    }
    if halves {
      guard shape[place] % 2 == 0 else {
        throw LayerError("expected an even size to cut in half, found shape \(shape)")
      }
      shape[place] /= 2
    }
    return [TensorType(shape, resultType(call))]
  }

  private func resultType(_ call: LayerCall) -> ElementType {
    let type = target ?? call.inputs[0].elementType
    if type.isFloatingPoint || !keepsWhole { return .float32 }
    return type.isWide ? .int64 : type.isNarrow ? type : .int32
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let type = call.inputs[0]
    let shape = axis == nil ? [type.shape.elementCount] : type.shape
    let place = axis.flatMap(shape.normalizedAxis) ?? 0
    let (count, inner) = (shape[place], shape.dimensions[(place + 1)...].reduce(1, *))
    let lines = shape.elementCount / max(count, 1)
    let results = halves ? count / 2 : count
    let (body, output) = (body, call.outputs[0].elementType)
    let operand = Operand(input: 0, type)
    if output != .float32 {
      return wholeStep(operand, lines: lines, count: count, inner: inner, output)
    }
    return .run(scratchBytes: operand.scratchBytes) { buffers in
      let x = operand.values(as: Float.self, buffers, scratch: buffers.scratch)
      let y = buffers.output()
      buffers.workers.forEachRange(of: lines, grain: 1 + 4096 / max(count, 1)) { range in
        for line in range {
          let start = line / inner * count * inner + line % inner
          var values = (0..<count).map { Double(x[start + $0 * inner]) }
          body(&values)
          let target = line / inner * results * inner + line % inner
          for (index, value) in values.enumerated() { y[target + index * inner] = Float(value) }
        }
      }
    }
  }

  private func wholeStep(
    _ operand: Operand, lines: Int, count: Int, inner: Int, _ output: ElementType
  ) -> Step {
    let body = wholeBody
    return .run(scratchBytes: operand.scratchBytes) { buffers in
      let x = operand.values(as: Int64.self, buffers, scratch: buffers.scratch)
      for line in 0..<lines {
        let start = line / inner * count * inner + line % inner
        var values = (0..<count).map { x[start + $0 * inner] }
        body(&values)
        for (index, value) in values.enumerated() {
          buffers.store(value, as: output, at: start + index * inner)
        }
      }
    }
  }
}
