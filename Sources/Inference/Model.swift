public import Layers
public import ModelFormat
public import Tensors

/// A model that is ready to predict.
///
/// A model is immutable and may be used from many threads at once. The first prediction for inputs
/// of new shapes plans how they are computed; later ones allocate only their results.
///
/// ```swift
/// let model = try Model(contentsOf: "digits.safetensors")
/// let probabilities = try model.predict([image])[0]
/// ```
public final class Model: Sendable {
  /// The model's name.
  public let name: String
  /// Names of the classes that the outputs stand for.
  public let labels: [String]?
  /// The inputs in the order in which ``predict(_:)`` takes them.
  public let inputs: [ModelPort]
  /// The outputs in the order in which ``predict(_:)`` gives them.
  public let outputs: [ModelPort]
  /// What the model was made of, its weights left out.
  public let description: ModelDescription
  /// Where the model came from.
  public let provenance: Provenance

  let graph: Graph
  /// Whether a batch may be cut.
  package let isBatchIndependent: Bool
  /// Whether some values are as long as inputs ask for.
  let measuresInputs: Bool
  let plans: PlanStore
  let workers: WorkerPool

  /// Makes a model, and fails with every problem that its layers have.
  ///
  /// - Parameters:
  ///   - contents: What an importer or a bundle gives.
  ///   - catalog: The layers the model may use.
  ///   - threads: The threads that one prediction may use; by default as many as processors.
  ///   - passes: The rewritings that make it fast, by default all.
  ///   - exact: Whether to leave out methods that round more than Keras's own (Winograd's).
  /// - Throws: All problems of the model at once.
  public init(
    _ contents: ModelContents, catalog: LayerCatalog = .standard, threads: Int? = nil,
    passes: Set<GraphPass> = Set(GraphPass.allCases), exact: Bool = false
  ) throws(ModelProblems) {
    var graph = try Graph(contents, catalog: catalog)
    var probe: ShapeProbe
    do throws(ModelProblem) {
      probe = try graph.probe()
    } catch {
      throw ModelProblems([error])
    }
    graph.round(&probe)
    self.graph = graph
    description = contents.description
    provenance = contents.provenance
    name = contents.description.name
    labels = contents.labels
    inputs = contents.description.inputs.map {
      ModelPort(name: $0.name, shape: $0.shape, elementType: Graph.computeType($0.elementType))
    }
    outputs = zip(contents.description.outputs, graph.outputs).map { output, value in
      ModelPort(
        name: output.name,
        shape: probe.openShape(of: value), elementType: probe.types[value].elementType)
    }
    isBatchIndependent = graph.isBatchIndependent(probe)
    measuresInputs = graph.measuresInputs
    workers = WorkerPool(threadCount: threads ?? WorkerPool.processorCount)
    plans = PlanStore(
      graph, types: probe.types,
      PlanOptions(passes: passes, isExact: exact))
  }

  /// What a model computes by another graph, on the same threads: see `Session`.
  init(_ model: Model, graph: Graph, inputs: [ModelPort]) throws(ModelProblem) {
    let probe = try graph.probe()
    (name, labels) = (model.name, model.labels)
    (description, provenance) = (model.description, model.provenance)
    self.inputs = inputs
    outputs = model.outputs
    self.graph = graph
    isBatchIndependent = graph.isBatchIndependent(probe)
    measuresInputs = graph.measuresInputs
    workers = model.workers
    plans = PlanStore(graph, types: probe.types, model.plans.options)
  }

  /// The model's outputs for a batch of inputs.
  ///
  /// - Parameter inputs: One tensor for each of the model's inputs, the batch on the first axis.
  /// - Returns: One tensor for each of the model's outputs.
  /// - Throws: ``PredictionError`` where an input does not fit the model.
  public func predict(_ inputs: [Tensor]) throws(PredictionError) -> [Tensor] {
    try predict(inputs, values: graph.outputs)
  }

  /// Any values of the graph for a batch of inputs, by the names of the layers that give them.
  ///
  /// - Parameters:
  ///   - inputs: One tensor for each of the model's inputs, the batch on the first axis.
  ///   - names: Names among ``valueNames``.
  /// - Returns: A tensor for each name.
  /// - Throws: ``PredictionError`` where an input does not fit the model or a name is unknown.
  public func predict(
    _ inputs: [Tensor], values names: [String]
  ) throws(PredictionError) -> [Tensor] {
    var values: [Int] = []
    for name in names {
      guard let value = graph.values[name] else { throw .unknownValue(name) }
      values.append(value)
    }
    return try predict(inputs, values: values)
  }

  /// The names of all values that ``predict(_:values:)`` can give.
  public var valueNames: Set<String> { Set(graph.values.keys) }
}

extension Model {
  /// The inputs with the element types that the graph takes, their shapes checked; numbers for an
  /// input of 16 bits are rounded to these.
  func checked(_ inputs: [Tensor]) throws(PredictionError) -> [Tensor] {
    guard inputs.count == self.inputs.count else {
      throw .inputCount(expected: self.inputs.count, found: inputs.count)
    }
    var tensors: [Tensor] = []
    for (index, (tensor, port)) in zip(inputs, self.inputs).enumerated() {
      guard port.accepts(tensor.shape) else {
        throw .inputShape(input: port.name, expected: port.shape, found: tensor.shape)
      }
      guard (tensor.elementType == .string) == (port.elementType == .string) else {
        throw .inputElements(
          input: port.name, expected: port.elementType, found: tensor.elementType)
      }
      let declared = graph.inputs[index].elementType
      let rounded = Rounding(declared) == nil ? tensor : tensor.converted(to: declared)
      tensors.append(rounded.converted(to: port.elementType))
    }
    return tensors
  }
}
