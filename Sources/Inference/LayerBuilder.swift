import Layers
import ModelFormat
import Tensors

/// Makes the layers of a model and collects their problems.
struct LayerBuilder {
  /// A layer that was made.
  struct Built {
    var layer: any Layer
    var description: LayerDescription
    var cache: PlanCache

    var parameterCount: Int {
      description.weights.reduce(0) { $0 + Shape($1.shape).elementCount }
    }
  }

  var problems: [ModelProblem] = []
  private let catalog: LayerCatalog
  private let weights: [String: Tensor]

  init(catalog: LayerCatalog, weights: [String: Tensor]) {
    self.catalog = catalog
    self.weights = weights
  }

  /// The layers by name; those that have problems are left out.
  mutating func makeLayers(_ descriptions: [LayerDescription]) -> [String: Built] {
    var layers: [String: Built] = [:]
    for description in descriptions {
      if description.className == "Lambda", let layer = catalog.lambda(named: description.name) {
        layers[description.name] = Built(
          layer: layer, description: description, cache: PlanCache())
        continue
      }
      guard let type = catalog[description.className] else {
        problems.append(Self.unknownClass(description))
        continue
      }
      var reader = LayerReader(description, weights: weights)
      let layer = type.init(&reader)
      reader.finish()
      if reader.problems.isEmpty {
        let storages = description.weights.compactMap {
          weights[description.key(of: $0.name)]?.storage
        }
        layers[description.name] = Built(
          layer: layer, description: description, cache: PlanCache(weights: storages))
      }
      problems += reader.problems
    }
    return layers
  }

  /// Checks that a call passes only what its layer takes.
  mutating func check(_ node: NodeDescription, _ built: Built) {
    let type = type(of: built.layer)
    let unknown =
      node.keywords.keys.filter { !type.keywords.contains($0) }
      + node.arguments.keys.filter { !type.arguments.contains($0) }
    for argument in unknown.sorted() {
      problems.append(
        ModelProblem(
          .unsupported, layer: node.name, className: built.description.className,
          option: argument,
          reason: argument == "training"
            ? ModelProblem.calledInTraining
            : "calls with this argument are not supported"))
    }
  }

  private static func unknownClass(_ description: LayerDescription) -> ModelProblem {
    let reason =
      description.className == "Lambda"
      ? lambda(description.config["function"]) : unknown(description.className)
    return ModelProblem(
      .unsupported, layer: description.name, className: description.className,
      reason: reason + description.particulars)
  }

  private static func unknown(_ className: String) -> String {
    // Keras's own classes lose the packages that they are registered under.
    let kind = className.contains(">") ? "class, which is not Keras's own," : "class"
    return "the layer \(kind) is not supported"
  }

  /// Why a Lambda is refused: a file holds its code, or the name of a function elsewhere.
  private static func lambda(_ function: JSONValue?) -> String {
    let name = function?.string ?? function?["config"]?.string
    let what =
      name.map { "a Lambda calls the Python function \"\($0)\", which the file does not hold" }
      ?? "a Lambda holds Python code, which is never run"
    return what + "; an application may give the catalogue a function in its place"
  }
}
