import Inference
import ModelFormat
import Tensors
import Testing

@Suite("A model")
struct ModelTests {
  @Test func computesEveryCallOfASharedLayer() throws {
    let model = try Model(SmallModels.contents())
    let outputs = try model.predict([Tensor([1, 2], [1, 2] as [Float])])
    #expect(outputs[1].elements(as: Float.self) == [5.5, 1])
    #expect(outputs[0].elements(as: Float.self) == [8, 0])
  }

  @Test(arguments: [0, 1, 2, 31, 32, 33, 64, 100])
  func givesEveryItemOfABatchItsOwnResult(batch: Int) throws {
    let model = try Model(SmallModels.contents())
    let items: [Float] = (0..<batch).flatMap { [Float($0), 1] }
    let outputs = try model.predict([Tensor([batch, 2], items)])
    #expect(outputs[1].shape == [batch, 2])
    let expected: [Float] = (0..<batch).flatMap { [Float($0) + 2.5, max(1 - Float($0), 0)] }
    #expect(outputs[1].elements(as: Float.self) == expected)
  }

  @Test func givesIntermediateValuesByNameAndAlias() throws {
    let model = try Model(SmallModels.contents())
    let values = try model.predict(
      [Tensor([1, 2], [1, 2] as [Float])], values: ["dense", "nested", "x"])
    #expect(values[0].elements(as: Float.self) == [5.5, 1])
    #expect(values[1].elements(as: Float.self) == [5.5, 1])
    #expect(values[2].elements(as: Float.self) == [1, 2])
  }

  @Test func convertsInputsOfOtherElementTypes() throws {
    let model = try Model(SmallModels.contents())
    let outputs = try model.predict([Tensor([1, 2], [1, 2] as [Int64])])
    #expect(outputs[0].elements(as: Float.self) == [8, 0])
  }

  @Test(arguments: [(ElementType.float16, Float(0.0999755859375)), (.bfloat16, 0.10009765625)])
  func roundsWhatIsGivenToAnInputOf16Bits(type: ElementType, rounded: Float) throws {
    let description = ModelDescription(
      name: "rounds", inputs: [InputDescription(name: "x", shape: [nil, 1], elementType: type)],
      layers: [SmallModels.dense("dense", inputs: 1, units: 1)],
      nodes: [NodeDescription(name: "dense", layer: "dense", inputs: ["x"])],
      outputs: [OutputDescription(name: "dense", value: "dense")])
    let weights = [
      "dense/kernel": Tensor([1, 1], [1] as [Float]), "dense/bias": Tensor([1], [0] as [Float]),
    ]
    let model = try Model(
      ModelContents(
        description: description, weights: weights, provenance: Provenance(source: "test")))
    for input in [Tensor([1, 1], [0.1] as [Float]), Tensor([1, 1], [0.1] as [Double])] {
      #expect(try model.predict([input])[0].elements(as: Float.self) == [rounded])
    }
    #expect(model.inputs[0].elementType == .float32)
  }

  @Test func tellsItsPortsWithOpenAxes() throws {
    let model = try Model(SmallModels.contents())
    #expect(model.inputs == [ModelPort(name: "x", shape: [nil, 2], elementType: .float32)])
    #expect(model.outputs.map(\.shape) == [[nil, 2], [nil, 2]])
    #expect(model.outputs.map(\.name) == ["dense", "drop"])
  }

  @Test func countsParametersOfASharedLayerOnce() throws {
    let summary = try Model(SmallModels.contents()).summary()
    #expect(summary.rows.map(\.parameterCount) == [6, 0, 0])
    #expect(summary.multiplyAdds == 8)
    #expect(summary.rows[2].outputShapes == [[nil, 2]])
  }

  @Test func refusesInputsThatDoNotFit() throws {
    let model = try Model(SmallModels.contents())
    #expect(throws: PredictionError.inputCount(expected: 1, found: 0)) { try model.predict([]) }
    let wide = Tensor(zeros: TensorType([1, 3]))
    #expect(
      throws: PredictionError.inputShape(input: "x", expected: [nil, 2], found: [1, 3])
    ) { try model.predict([wide]) }
    #expect(throws: PredictionError.unknownValue("nowhere")) {
      try model.predict([Tensor(zeros: TensorType([1, 2]))], values: ["nowhere"])
    }
  }

  @Test func predictsFromManyThreadsAtOnce() async throws {
    let model = try Model(SmallModels.contents(), threads: 2)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          for batch in 1..<40 {
            let items = [Float](repeating: Float(task), count: batch * 2)
            let outputs = try model.predict([Tensor([batch, 2], items)])
            let expected: [Float] = (0..<batch).flatMap { _ in [Float(task) * 3 + 0.5, 0] }
            #expect(outputs[1].elements(as: Float.self) == expected)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
