public import Inference
import ModelFormat
import Tensors

/// Runs a model on reference inputs and compares everything that the reference holds.
public struct ParityCheck: Sendable {
  private let model: Model
  private let tolerance: ParityTolerance

  /// A check of `model` that allows `tolerance`.
  public init(_ model: Model, tolerance: ParityTolerance = .float32) {
    self.model = model
    self.tolerance = tolerance
  }

  /// Compares every output, and every layer whose activation the reference holds.
  ///
  /// - Throws: ``ReferenceError`` or `PredictionError` where the model cannot run on the inputs.
  public func callAsFunction(_ reference: ReferenceCases) throws -> ParityReport {
    let inputs = try inputs(reference)
    let subjects = subjects(reference)
    // Outputs are computed as in any prediction; asking for every layer keeps calls apart that a
    // prediction fuses.
    let layers = subjects.filter { $0.kind == .activation }
    let values =
      try model.predict(inputs, values: layers.map(\.value))
      + model.predict(inputs, values: subjects.dropFirst(layers.count).map(\.value))
    var rows = zip(subjects, values).map { subject, value in
      ParityRow(
        name: subject.name, kind: subject.kind, className: subject.className,
        shape: subject.reference.shape, result: compare(value, subject.reference),
        sameClassCount: subject.kind == .output ? value.sameClassCount(subject.reference) : nil)
    }
    rows += unmatchedOutputs(reference)
    return ParityReport(
      model: model.name, cases: reference.count, tolerance: tolerance, rows: rows,
      notCompared: reference.activations.keys.filter { !model.valueNames.contains($0) }.sorted())
  }

  /// The reference's inputs in the model's order.
  ///
  /// An only input goes to the model's only one under any name: Keras makes up another name for
  /// the input of a Sequential each time.
  private func inputs(_ reference: ReferenceCases) throws(ReferenceError) -> [Tensor] {
    if model.inputs.count == 1, reference.inputs.count == 1 {
      return Array(reference.inputs.values)
    }
    var tensors: [Tensor] = []
    for port in model.inputs {
      guard let tensor = reference.inputs[port.name] else {
        throw .missingInput(port.name, found: reference.inputs.keys.sorted())
      }
      tensors.append(tensor)
    }
    return tensors
  }

  private func compare(_ value: Tensor, _ reference: Tensor) -> ParityRow.Result {
    do {
      return .compared(
        try Closeness(
          of: value, to: reference, absolute: tolerance.absolute, relative: tolerance.relative))
    } catch {
      return .failed(error.description)
    }
  }
}

extension ParityCheck {
  /// A value to compare.
  private struct Subject {
    let name: String
    let kind: ParityRow.Kind
    let value: String
    let className: String?
    let reference: Tensor
  }

  /// What the model and the reference both hold: layers in the model's order, then outputs.
  private func subjects(_ reference: ReferenceCases) -> [Subject] {
    let places = places()
    let known = reference.activations.filter { model.valueNames.contains($0.key) }
    let activations = known.map { name, tensor in
      let value = model.description.aliases[name] ?? name
      return (
        place: places[value]?.index ?? -1,
        subject: Subject(
          name: name, kind: .activation, value: name, className: places[value]?.className,
          reference: tensor)
      )
    }
    .sorted { ($0.place, $0.subject.name) < ($1.place, $1.subject.name) }
    let outputs = zip(outputNames, model.description.outputs).compactMap { name, output in
      reference.outputs[name].map {
        Subject(
          name: name, kind: .output, value: output.value,
          className: places[output.value]?.className, reference: $0)
      }
    }
    return activations.map(\.subject) + outputs
  }

  /// The outputs' names in a reference: their layers', or `out0`, `out1`, … where those repeat.
  private var outputNames: [String] {
    let names = model.outputs.map(\.name)
    return Set(names).count == names.count ? names : names.indices.map { "out\($0)" }
  }

  /// By value: where in the model's order it is computed, and by which class.
  private func places() -> [String: (index: Int, className: String?)] {
    var classNames: [String: String] = [:]
    for layer in model.description.layers { classNames[layer.name] = layer.className }
    var places: [String: (index: Int, className: String?)] = [:]
    for (index, node) in model.description.nodes.enumerated() {
      for value in node.outputs { places[value] = (index, classNames[node.layer]) }
    }
    return places
  }

  /// Outputs that only the model or only the reference has.
  private func unmatchedOutputs(_ reference: ReferenceCases) -> [ParityRow] {
    guard !reference.outputs.isEmpty else { return [] }
    let missing = outputNames.filter { reference.outputs[$0] == nil }.map {
      ParityRow(
        name: $0, kind: .output, className: nil, shape: [],
        result: .failed("the reference does not hold it"), sameClassCount: nil)
    }
    let extra = reference.outputs.filter { !outputNames.contains($0.key) }
      .sorted { $0.key < $1.key }.map { name, tensor in
        ParityRow(
          name: name, kind: .output, className: nil, shape: tensor.shape,
          result: .failed("the model has no such output"), sameClassCount: nil)
      }
    return missing + extra
  }
}
