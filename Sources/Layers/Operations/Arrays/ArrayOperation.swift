import ModelFormat
import Tensors

/// Operations of whole arrays that are rare: computed in double precision, by one thread.
///
/// Keras: <https://keras.io/api/ops/>
struct ArrayOperation: Layer {
  static let classNames: [String] = rules.keys.sorted()
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  /// The types of the results for given operands.
  typealias Types = @Sendable (ArrayCall) throws(LayerError) -> [TensorType]
  /// The results of given operands.
  typealias Compute = @Sendable (ArrayCall, [NumberArray]) -> [NumberArray]

  /// What an operation computes.
  struct Rule: Sendable {
    let types: Types
    let compute: Compute

    init(_ types: @escaping Types, _ compute: @escaping Compute) {
      self.types = types
      self.compute = compute
    }
  }

  private static let rules: [String: Rule] =
    [
      products, fillings, searches, scatterings, statistics, measures, matrices, spectra, pictures,
      warpings, adjustments, countings, scalings, labellings, blocks, signals,
      decompositions, detections, morphology,
    ]
    .reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  private let rule: Rule
  private let options: ArrayOptions

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    rule = Self.rules[reader.className] ?? Rule({ _ in [] }, { _, _ in [] })
    options = ArrayOptions(&reader)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    try rule.types(try ArrayCall(call, options))
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let parts = try ArrayCall(call, options).parts
    let compute = rule.compute
    let outputs = call.outputs
    return .run { buffers in
      let arrayCall = ArrayCall(parts: parts) { reason in buffers.fail(reason) }
      let operands = arrayCall.operands.map {
        NumberArray($0, buffers, scratch: buffers.scratch)
      }
      for (index, result) in compute(arrayCall, operands).enumerated() where index < outputs.count {
        result.store(into: buffers.outputBytes(index), as: outputs[index].elementType)
      }
    }
  }
}

/// The options of an ``ArrayOperation``.
struct ArrayOptions: Sendable {
  private let values: [String: JSONValue]

  init(_ values: [String: JSONValue]) { self.values = values }

  /// All options of an operation, of which none that is a size may be larger than any real one.
  init(_ reader: inout LayerReader) {
    var values: [String: JSONValue] = [:]
    for option in reader.layer.config.keys.sorted() {
      values[option] = reader.value(option)
      guard let value = values[option], !Self.numbers.contains(option) else { continue }
      let sizes = (value.array ?? [value]).compactMap(\.int)
      if let size = sizes.first(where: { $0.magnitude > Self.largestSize }) {
        reader.reject(option, "expected at most \(Self.largestSize), found \(size)")
        values[option] = nil
      }
    }
    self.values = values
  }

  /// The largest size that an option may be, two of which and a number of channels can be multiplied.
  private static let largestSize = 1 << 24

  /// The options that are numbers to compute with, of any size.
  private static let numbers: Set = [
    "constant_values", "fill_value", "mask_index", "max_val", "start", "stop", "value",
  ]

  /// The value of an option, nil where it is absent or `null`.
  subscript(option: String) -> JSONValue? { values[option] }

  func int(_ option: String, _ fallback: Int) -> Int { values[option]?.int ?? fallback }

  func number(_ option: String, _ fallback: Double) -> Double {
    values[option]?.double ?? fallback
  }

  func bool(_ option: String, _ fallback: Bool = false) -> Bool {
    values[option]?.bool ?? fallback
  }

  func text(_ option: String, _ fallback: String) -> String { values[option]?.string ?? fallback }

  /// Whole numbers, from a list of them or a single one; nil where there are none.
  func ints(_ option: String) -> [Int]? {
    guard let value = values[option] else { return nil }
    return (value.array ?? [value]).compactMap(\.int)
  }
}

/// One call of an ``ArrayOperation``.
struct ArrayCall {
  /// What a call is made of.
  struct Parts: Sendable {
    let operands: [Operand]
    let isGiven: [Bool]
    let options: ArrayOptions
  }

  let parts: Parts
  /// Makes the prediction fail, for a reason that the operands' numbers give.
  let fail: (String) -> Void

  /// The operands that are not `null`.
  var operands: [Operand] { parts.operands }
  /// Which of the call's arguments are operands, and which `null`.
  var isGiven: [Bool] { parts.isGiven }
  /// The operation's options.
  var options: ArrayOptions { parts.options }

  init(parts: Parts, fail: @escaping (String) -> Void) {
    self.parts = parts
    self.fail = fail
  }

  init(_ call: LayerCall, _ options: ArrayOptions) throws(LayerError) {
    let all = try call.allOperands()
    self.init(
      parts: Parts(
        operands: all.compactMap { $0 }, isGiven: all.map { $0 != nil }, options: options)
    ) { _ in }
  }

  /// The shapes of the operands.
  var shapes: [Shape] { operands.map(\.type.shape) }

  /// The type of a result of operands, or of some of them.
  func promoted(_ places: Int...) -> ElementType {
    (places.isEmpty ? operands : places.map { operands[$0] }).promotedType
  }

  /// Fails unless there are as many operands.
  func expect(_ count: ClosedRange<Int>) throws(LayerError) {
    guard count.contains(operands.count) else {
      throw LayerError("expected \(count) operands, found \(operands.count)")
    }
  }

  /// An axis of the first operand that an option names, counted from the front.
  func axis(_ option: String, _ fallback: Int) throws(LayerError) -> Int {
    let axis = options.int(option, fallback)
    guard let found = shapes.first?.normalizedAxis(axis) else {
      throw LayerError("expected an axis of \(shapes), found \(axis)")
    }
    return found
  }

  /// The shape that the operands broadcast to.
  func broadcast() throws(LayerError) -> Shape {
    var result = Shape([])
    for shape in shapes {
      guard let next = broadcastShape(result, shape) else {
        throw LayerError("expected shapes that broadcast together, found \(shapes)")
      }
      result = next
    }
    return result
  }
}
