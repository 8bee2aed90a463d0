public import ModelFormat
public import Tensors

/// Hands a layer its options and weights, and collects everything that is wrong with them.
///
/// Whatever is missing or wrong becomes a problem and a harmless placeholder, so that one pass over
/// a model finds all problems. An option that no one asked for is a problem too, unless it is known
/// not to change inference.
public struct LayerReader {
  /// The layer that is read.
  public let layer: LayerDescription
  /// The problems found so far.
  public internal(set) var problems: [ModelProblem] = []
  let tensors: [String: Tensor]
  private var readOptions: Set<String> = []
  var readWeights: Set<String> = []

  /// A reader for `layer`, whose weights are among `tensors`.
  public init(_ layer: LayerDescription, weights tensors: [String: Tensor]) {
    self.layer = layer
    self.tensors = tensors
  }

  /// Records that an option has a value that is sound, but that the layer does not do.
  public mutating func refuse(_ option: String?, _ reason: String) {
    record(.unsupported, option, reason)
  }

  /// Records that an option or weight is not what Keras would write.
  public mutating func reject(_ option: String?, _ reason: String) {
    record(.invalid, option, reason)
  }

  /// Takes over the problems of something that `option` holds.
  mutating func adopt(_ problems: [ModelProblem], under option: String) {
    for var problem in problems {
      problem.option = problem.option.map { "\(option).\($0)" } ?? option
      problem.className = layer.className
      self.problems.append(problem)
    }
  }

  private mutating func record(_ kind: ModelProblem.Kind, _ option: String?, _ reason: String) {
    problems.append(
      ModelProblem(
        kind, layer: layer.name, className: layer.className, option: option, reason: reason))
  }

  /// The value of an option as it stands, or nil where it is absent or `null`.
  public mutating func value(_ option: String) -> JSONValue? {
    readOptions.insert(option)
    guard let value = layer.config[option], !value.isNull else { return nil }
    return value
  }

  /// The layer's class.
  public var className: String { layer.className }

  /// The shape of a weight as the model stores it, or nil where the layer has no such weight.
  public func storedShape(of weight: String) -> Shape? {
    layer.weights.first { $0.name == weight }.map { Shape($0.shape) }
  }

  /// What the layer's policy rounds numbers to; nil for single precision.
  package var rounding: Rounding? {
    Rounding(layer.config["dtype"]?.string.flatMap(ElementType.init))
  }

  /// Whether the layer adds up means and products in 16 bits, where others do it in single
  /// precision: as in Keras 2.
  var sumsInHalf: Bool { rounding != nil && layer.config["sums_in_half"]?.bool == true }

  /// A weight in single precision, whose shape must be `shape`; nil stands for any size.
  ///
  /// A policy of 16 bits rounds it, but where `isCast` is false.
  public mutating func weight(
    _ name: String, _ shape: [Int?], isCast: Bool = true
  ) -> Tensor {
    readWeights.insert(name)
    let placeholder = Tensor(Shape(shape.map { _ in 1 }), [Float(0)])
    let sizes = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
    let expected = shape.count == 1 ? "(\(sizes),)" : "(\(sizes))"
    guard let tensor = tensors[layer.key(of: name)] else {
      reject(name, "expected a weight of shape \(expected), found none")
      return placeholder
    }
    guard
      tensor.shape.rank == shape.count,
      zip(tensor.shape.dimensions, shape).allSatisfy({ $0 == $1 || $1 == nil })
    else {
      reject(name, "expected a weight of shape \(expected), found \(tensor.shape)")
      return placeholder
    }
    let single = tensor.converted(to: .float32)
    return isCast ? rounding?.rounded(single) ?? single : single
  }

  /// Ends the reading: options and weights that nobody asked for become problems.
  public mutating func finish() {
    for option in layer.config.keys.sorted()
    where !readOptions.contains(option) && !Self.isIrrelevant(option) {
      refuse(option, "the option is not known, its value is \(layer.config[option] ?? .null)")
    }
    for weight in layer.weights where !readWeights.contains(weight.name) {
      reject(weight.name, "the layer has no such weight, found one of shape \(Shape(weight.shape))")
    }
  }
}
