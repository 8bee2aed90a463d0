import Layers
import ModelFormat
import Tensors

/// A model's calls with their layers made and their values numbered.
///
/// Values `0..<inputCount` are the model's inputs.
struct Graph: Sendable {
  /// One call of a layer.
  struct Node: Sendable {
    var name: String
    var className: String
    var layer: any Layer
    var cache: PlanCache
    var inputs: [Int]
    var keywords: [String: Int]
    var arguments: [String: JSONValue]
    var outputs: [Int]
    /// The elements of the layer's weights; zero for all calls of a layer but its first.
    var parameterCount: Int
    /// How exact the outputs are; nil where that depends on the inputs.
    var kind: NumberKind?
    /// Whether the call is one of a layer, which has a policy, and not of an operation.
    var isLayer = false
    /// What the call's numbers are rounded to; nil in single precision.
    var rounding: Rounding?
  }

  var nodes: [Node] = []
  var inputs: [InputDescription]
  var outputs: [Int] = []
  var valueNames: [String] = []
  /// Values by every name they go by, aliases among them.
  var values: [String: Int] = [:]
  /// Sizes that the layers' options speak of.
  private(set) var sizeHints: [Int] = []
  /// Batch sizes that calls may ask for.
  private(set) var batchHints: [Int] = []
  /// Whether calls compute in 16 bits, where sums depend on how many items are computed together.
  var isRounded = false
  /// The lengths that inputs ask for, by the values that have them: see `MeasuringLayer`.
  var lengths: [Int: Int] = [:]

  /// Makes every layer of a model, and fails with all problems that they have.
  init(_ contents: ModelContents, catalog: LayerCatalog) throws(ModelProblems) {
    let description = contents.description
    inputs = description.inputs
    sizeHints = description.sizeHints
    batchHints = description.batchHints
    var builder = LayerBuilder(catalog: catalog, weights: contents.weights)
    let layers = builder.makeLayers(description.layers)
    for input in description.inputs { define(input.name) }
    for node in description.nodes {
      let places = node.inputs.map { values[$0] }
      for (name, place) in zip(node.inputs, places) where place == nil {
        builder.problems.append(
          ModelProblem(
            .invalid, layer: node.name,
            reason: "reads the value \"\(name)\", which no earlier layer gives"))
      }
      let outputs = node.outputs.map { define($0) }
      guard let built = layers[node.layer] else {
        if !description.layers.contains(where: { $0.name == node.layer }) {
          builder.problems.append(
            ModelProblem(
              .invalid, layer: node.name, reason: "calls the layer \"\(node.layer)\", found none"))
        }
        continue
      }
      builder.check(node, built)
      let isFirstCall = !nodes.contains { $0.cache === built.cache }
      nodes.append(
        Node(
          name: node.name, className: built.description.className, layer: built.layer,
          cache: built.cache, inputs: places.map { $0 ?? 0 }, keywords: node.keywords,
          arguments: node.arguments, outputs: outputs,
          parameterCount: isFirstCall ? built.parameterCount : 0,
          kind: NumberKind.given(by: built.description),
          isLayer: !built.description.className.hasPrefix("ops.")))
    }
    for (alias, value) in description.aliases {
      if let place = values[value] { values[alias] = place }
    }
    for output in description.outputs {
      guard let place = values[output.value] else {
        builder.problems.append(
          ModelProblem(
            .invalid, layer: output.name,
            reason: "the output \"\(output.value)\" is given by no layer"))
        continue
      }
      outputs.append(place)
    }
    builder.problems += measuringProblems
    guard builder.problems.isEmpty else { throw ModelProblems(builder.problems) }
  }

  /// Numbers a further value.
  @discardableResult
  mutating func define(_ name: String) -> Int {
    valueNames.append(name)
    values[name] = valueNames.count - 1
    return valueNames.count - 1
  }
}
