import ModelFormat
import Tensors

extension GraphBuilder {
  /// A value as a nested model has it that is called on it: converted to its input's element type.
  ///
  /// Nothing is added in models where all is of single precision.
  func converted(
    _ value: GraphValue, to input: SourceLayer, path: String, index: Int
  ) -> GraphValue {
    guard convertsNestedInputs, let type = input.input?.elementType, type != .string else {
      return value
    }
    let layer = joined(path, input.name)
    addLayer(
      LayerDescription(
        name: layer, className: "ops.Cast", config: ["dtype": .string(type.rawValue)]))
    var converted = value
    converted.name = GraphName.call(layer, index)
    addNode(NodeDescription(name: converted.name, layer: layer, inputs: [value.name]))
    return converted
  }
}

extension SourceModel {
  /// Whether values may be of another element type than single precision, in this model or in one
  /// that it holds.
  var holdsOtherTypes: Bool { layers.contains(where: \.holdsOtherTypes) }
}

extension SourceLayer {
  /// The same of one layer and what it holds.
  fileprivate var holdsOtherTypes: Bool {
    switch body {
    case .input: input?.elementType != .float32
    case .model(let model): model.holdsOtherTypes
    case .timeDistributed(let inner): type != nil || inner.holdsOtherTypes
    default: type != nil || mayChangeType
    }
  }

  /// Whether the layer may make other types of numbers in single precision, or of text.
  fileprivate var mayChangeType: Bool {
    isOperation
      ? !Self.arithmetic.contains(className) : Self.givingWholeNumbers.contains(className)
  }

  /// What pictures are often prepared with in front of a nested model.
  private static let arithmetic: Set = [
    "ops.Add", "ops.Divide", "ops.GetItem", "ops.Multiply", "ops.Negative", "ops.Stack",
    "ops.Subtract", "ops.TrueDivide",
  ]

  private static let givingWholeNumbers: Set = [
    "CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup",
    "StringLookup", "TextVectorization",
  ]
}
