import Foundation
import Inference
import KerasFormat
import ModelFormat
import Parity
import Tensors
import Testing

/// Sessions go on from batch to batch as stateful models of Keras do.
@Suite struct SessionTests {
  /// The models that `Tools/fixtures/make_stateful.py` has made.
  static let models: [String] = ["keras", "tf_keras"].flatMap { package in
    let folder = "\(KerasFixture.root)/stateful/\(package)"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let models = files.sorted().filter { $0.hasSuffix(".h5") && $0 != "apart.h5" }
    return models.map { "\(package)/\($0.dropLast(3))" }
  }

  @Test func thereAreModelsToRun() {
    #expect(Self.models.count >= 18)
  }

  @Test(arguments: models)
  func everyBatchAgreesWithKeras(name: String) throws {
    let batches = try StatefulBatches(name)
    let model = try batches.model()
    var session = try Session(model)
    #expect(model.isStateful && !session.statePorts.isEmpty)
    for batch in 0..<5 {
      if batch == 3 { session.reset() }
      let outputs = try session.predict(batches.inputs(batch, of: model))
      #expect(batches.problems(outputs, batch) == [])
    }
  }

  @Test func aModelByItselfStartsAnewEachTime() throws {
    let batches = try StatefulBatches("keras/lstm")
    let model = try batches.model()
    for batch in [0, 3] {
      #expect(batches.problems(try model.predict(batches.inputs(batch, of: model)), batch) == [])
    }
    let later = try model.predict(batches.inputs(1, of: model))
    #expect(!batches.problems(later, 1).isEmpty)
  }

  @Test func callsWhoseOrderNothingTellsAreRefused() throws {
    let model = try StatefulBatches("keras/apart").model()
    #expect(throws: ModelProblem.self) { try Session(model) }
  }

  @Test func aCopyGoesOnByItself() throws {
    let batches = try StatefulBatches("keras/shared")
    let model = try batches.model()
    var session = try Session(model)
    _ = try session.predict(batches.inputs(0, of: model))
    var copy = session
    for batch in 1...2 { _ = try session.predict(batches.inputs(batch, of: model)) }
    let outputs = try copy.predict(batches.inputs(1, of: model))
    #expect(batches.problems(outputs, 1) == [])
  }

  @Test func statesCanBeGiven() throws {
    let batches = try StatefulBatches("keras/lstm")
    let model = try batches.model()
    var session = try Session(model)
    #expect(session.statePorts.map(\.shape) == [[nil, 5], [nil, 5]])
    _ = try session.predict(batches.inputs(0, of: model))
    var other = try Session(model)
    other.states = session.states
    #expect(batches.problems(try other.predict(batches.inputs(1, of: model)), 1) == [])
    other.states = [session.states[0]]
    #expect(throws: PredictionError.inputCount(expected: 3, found: 2)) {
      try other.predict(batches.inputs(1, of: model))
    }
  }

  @Test func anotherBatchSizeIsRefusedAndChangesNothing() throws {
    let batches = try StatefulBatches("keras/lstm")
    let model = try batches.model()
    var session = try Session(model)
    _ = try session.predict(batches.inputs(0, of: model))
    let three = Tensor([3, 3, 4], [Float](repeating: 0, count: 36))
    #expect(
      throws: PredictionError.inputShape(input: "x", expected: [2, 3, 4], found: [3, 3, 4])
    ) { try session.predict([three]) }
    #expect(batches.problems(try session.predict(batches.inputs(1, of: model)), 1) == [])
  }
}

/// What Keras computed with a stateful model over several batches.
private struct StatefulBatches {
  private let name: String
  private let tensors: [String: Tensor]

  init(_ name: String) throws {
    self.name = name
    tensors = try ReferenceFile.tensors(ofArchive: "\(KerasFixture.root)/stateful/\(name).npz")
  }

  func model() throws -> Model {
    try Model(KerasFixture(name: "stateful/\(name)", suffix: ".h5").contents())
  }

  func inputs(_ batch: Int, of model: Model) throws -> [Tensor] {
    try model.inputs.map { try #require(tensors["\(batch)/inputs/\($0.name)"]) }
  }

  /// What is wrong with the outputs of a batch.
  func problems(_ outputs: [Tensor], _ batch: Int) -> [String] {
    let known = (0..<outputs.count).compactMap { tensors["\(batch)/outputs/\($0)"] }
    guard known.count == outputs.count, tensors["\(batch)/outputs/\(outputs.count)"] == nil else {
      return ["another number of outputs"]
    }
    return zip(outputs, known).enumerated().compactMap { index, pair in
      let (found, expected) = (pair.0.elements(as: Float.self), pair.1.elements(as: Float.self))
      guard pair.0.shape == pair.1.shape else { return "output \(index): shape \(pair.0.shape)" }
      let scale = expected.map(\.magnitude).max() ?? 0
      let error = zip(found, expected).map { ($0 - $1).magnitude }.max() ?? 0
      return error <= 1e-5 * scale ? nil : "output \(index), batch \(batch): off by \(error)"
    }
  }
}
