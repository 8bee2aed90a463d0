import HDF5
import ModelFormat
import Tensors

/// One import: from a configuration's text and groups of weights to a model.
struct ModelImport {
  private let report = ImportReport()
  private var provenance: Provenance
  /// Whether a model without weights is a problem.
  private let needsWeights: Bool

  /// An import from a file of the given origin.
  init(provenance: Provenance, needsWeights: Bool = true) {
    self.provenance = provenance
    self.needsWeights = needsWeights
  }

  /// The model and its problems; `files` are those of an archive, which may hold vocabularies, as
  /// may a SavedModel.
  consuming func model(
    architecture: String, weights: KerasWeights?, files: (any ModelFiles)? = nil,
    vocabularies: @autoclosure () -> SavedVocabularies? = nil
  ) throws(ModelProblems) -> ImportedModel {
    var json = try parsed(architecture)
    let version = version(of: json)
    if version.isMultiBackend {
      json = Keras1Dialect(json, version: version, report: report).translated(json)
    }
    let parser = ModelParser(version: version, report: report)
    guard var source = parser.model(json) else { throw ModelProblems(report.problems) }
    if let files { source = VocabularyFiles(files: files, report: report).adding(to: source) }
    if source.lacksVocabularies, let vocabularies = vocabularies() {
      source = vocabularies.adding(to: source)
    }
    if let weights {
      source = QuantizationNotes(weights: weights, version: version, report: report)
        .noted(in: source)
    }
    let inputs = inputs(of: source)
    let builder = GraphBuilder(version: version, report: report)
    let outputs = builder.expand(source, path: "", index: 0, inputs: inputs.map(\.value))
    var description = ModelDescription(
      name: source.name, inputs: inputs.map(\.description), layers: builder.layers,
      nodes: builder.nodes, outputs: self.outputs(of: source, values: outputs),
      aliases: builder.aliases)
    var tensors: [String: Tensor] = [:]
    let named = self.weights(of: source, in: weights)
    if let named { description.attach(named, to: &tensors) }
    if report.problems.isEmpty {
      for problem in description.contradictions() { report.add(problem) }
    }
    provenance.rules = report.rules
    var model = ImportedModel(
      contents: ModelContents(
        description: description, weights: tensors, provenance: provenance),
      problems: report.problems)
    model.hasWeights = named != nil
    return model
  }

  private func parsed(_ text: String) throws(ModelProblems) -> JSONValue {
    do {
      return try JSONValue(configuration: text)
    } catch {
      throw failure(
        ModelProblem(.invalid, option: "model_config", reason: "expected JSON: \(error)"))
    }
  }

  private func failure(_ problem: ModelProblem) -> ModelProblems {
    ModelProblems(report.problems + [problem])
  }

  /// The Keras version of the file, as it or its configuration tells.
  private mutating func version(of json: JSONValue) -> KerasVersion {
    provenance.kerasVersion = provenance.kerasVersion ?? json["keras_version"]?.string
    provenance.backend = provenance.backend ?? json["backend"]?.string
    let told = provenance.kerasVersion.flatMap { KerasVersion($0) }
    var version = told ?? KerasVersion(inferredFrom: json)
    if told == nil { report.note(.versionInferred(version.major)) }
    version.isTheano = provenance.backend == "theano"
    version.mayBeTensorFlow = [nil, "tensorflow"].contains(provenance.backend)
    if provenance.backend == nil, version.major < 2, Keras1Dialect.needsTheano(json) {
      version.isTheano = true
      report.note(.theanoInferred)
    }
    return version
  }

  /// The model's inputs, as the description has them and as values of the graph.
  private func inputs(
    of model: SourceModel
  ) -> [(description: InputDescription, value: GraphValue)] {
    model.inputs.map { port in
      let name = port.value.layer
      guard let input = port.tensor ?? model.layer(named: name)?.input else {
        report.invalid(name, option: "input_layers", reason: "expected an input layer of this name")
        return (InputDescription(name: name, shape: []), GraphValue(name: name))
      }
      var shape = input.shape ?? []
      if shape.isEmpty {
        report.invalid(
          name, "InputLayer", option: "shape", reason: "expected the input's shape, found none")
      } else if shape[0] != nil {
        report.note(.batchSizeFreed)
        shape[0] = nil
      }
      return (
        InputDescription(name: name, shape: shape, elementType: input.elementType),
        GraphValue(name: name)
      )
    }
  }

  private func outputs(of model: SourceModel, values: [GraphValue?]) -> [OutputDescription] {
    zip(model.outputs, values).compactMap { port, value in
      let reference = port.value
      if let value {
        return OutputDescription(name: port.listedLayer ?? reference.layer, value: value.name)
      }
      if model.layer(named: reference.layer)?.offers(reference) != true {
        report.invalid(
          "", option: "output_layers", reason: "names \(reference), which is not in the model")
      }
      return nil
    }
  }

  private func weights(
    of model: SourceModel, in weights: KerasWeights?
  ) -> [String: [NamedWeight]]? {
    do {
      switch weights?.form {
      case .tree(let store): return WeightTree(model: model, root: store, report: report).weights()
      case .list(let root): return self.weights(of: model, in: try WeightGroups(root))
      case .grouped(let grouped):
        return self.weights(of: model, in: try grouped.groups(of: model))
      case nil where needsWeights:
        report.invalid(
          "", option: "model_weights", reason: "expected the model's weights, found none")
      case nil: break
      }
    } catch let error as HDF5Error {
      report.add(ModelProblem(error))
    } catch {
      report.add(error as? ModelProblem ?? ModelProblem(.invalid, reason: "\(error)"))
    }
    return nil
  }

  private func weights(
    of model: SourceModel, in groups: WeightGroups
  ) -> [String: [NamedWeight]] {
    WeightReader(model: model, groups: groups, report: report).weights()
  }
}

extension ModelDescription {
  /// The weights by layer, those of activations that are layers of their own under their names.
  private func split(_ weights: [String: [NamedWeight]]) -> [String: [NamedWeight]] {
    var result = weights
    for layer in layers where layer.name.hasSuffix(AxisActivation.suffix) {
      let owner = String(layer.name.dropLast(AxisActivation.suffix.count))
      guard let all = result[owner] else { continue }
      let names = all.map { AxisActivation.ownName(ofWeight: $0.name) }
      guard names.contains(where: { $0 != nil }) else { continue }
      result[owner] = zip(all, names).filter { $1 == nil }.map(\.0)
      result[layer.name] = zip(all, names).compactMap { weight, name in
        name.map { NamedWeight(name: $0, tensor: weight.tensor) }
      }
    }
    return result
  }

  /// Gives every layer its weights' descriptions, and `tensors` their elements.
  fileprivate mutating func attach(
    _ weights: [String: [NamedWeight]], to tensors: inout [String: Tensor]
  ) {
    let weights = split(weights)
    for index in layers.indices {
      for weight in weights[layers[index].name] ?? [] {
        layers[index].weights.append(
          WeightDescription(
            name: weight.name, shape: weight.tensor.shape.dimensions,
            elementType: weight.tensor.elementType))
        tensors[layers[index].key(of: weight.name)] = weight.tensor
      }
    }
  }
}
