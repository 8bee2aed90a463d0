import Inference
import KerasFormat
import ModelFormat
import Tensors

/// What `inspect` tells of a model's configuration that comes without weights.
struct Architecture {
  private let path: String
  private let description: ModelDescription
  private let provenance: Provenance
  /// What stands in the model's way beside the lack of weights.
  private let problems: [ModelProblem]

  /// The configuration in the file at `path`; nil where that is another file, where the weights are
  /// named, and where nothing can be described.
  init?(path: String, hints: KerasSource.Hints) {
    guard hints.weights == nil, ModelFolder(path) == nil, (try? FileKind.of(path)) == .json,
      let text = try? TextFile.read(path, what: "a model's configuration"),
      let imported = try? KerasModelFile.read(
        architecture: text, source: path.split(separator: "/").last.map(String.init) ?? path,
        backend: hints.backend?.rawValue)
    else { return nil }
    self.path = path
    description = imported.contents.description
    provenance = imported.contents.provenance
    var unsupported: [ModelProblem] = []
    do throws(ModelProblems) {
      _ = try Model(imported.contents)
    } catch {
      unsupported = error.problems.filter { $0.kind == .unsupported }
    }
    problems = imported.problems + unsupported.filter { !imported.problems.contains($0) }
  }

  /// The lack of weights, and all else that stands in the model's way.
  var failure: ModelFailure {
    ModelFailure(path, [ModelProblem(.invalid, reason: KerasSource.lackOfWeights)] + problems)
  }

  /// The layers by name.
  private var classNames: [String: String] {
    Dictionary(description.layers.map { ($0.name, $0.className) }) { first, _ in first }
  }

  var text: String {
    let origin = [provenance.source] + (provenance.kerasVersion.map { ["Keras \($0)"] } ?? [])
    var table = TextTable([("Layer", .left), ("Class", .left), ("Connected to", .left)])
    for input in description.inputs {
      table.add(["\(input.name) \(ModelReport.shape(input.shape))", "InputLayer", ""])
    }
    let classNames = classNames
    for node in description.nodes {
      table.add([
        node.name, classNames[node.layer] ?? "", node.inputs.joined(separator: ", "),
      ])
    }
    let outputs = description.outputs.map(\.name).joined(separator: ", ")
    return [
      Style.bold(description.name) + "  " + Style.faint(origin.joined(separator: " · ")),
      table.text, "", Style.bold("Outputs".padding(to: 15)) + outputs,
    ].joined(separator: "\n")
  }

  var json: JSONValue {
    let classNames = classNames
    return .object([
      "name": .string(description.name),
      "format": .string("keras_json"),
      "provenance": provenance.json,
      "inputs": .array(
        description.inputs.map { input in
          .object([
            "name": .string(input.name),
            "shape": .array(input.shape.map { $0.map { .int($0) } ?? .null }),
            "dtype": .string(input.elementType.rawValue),
          ])
        }),
      "outputs": .array(description.outputs.map { .object(["name": .string($0.name)]) }),
      "layers": .array(
        description.nodes.map { node in
          .object([
            "name": .string(node.name), "class_name": .string(classNames[node.layer] ?? ""),
            "inputs": .array(node.inputs.map { .string($0) }),
          ])
        }),
      "convertible": .bool(false),
      "problems": failure.json,
    ])
  }
}
