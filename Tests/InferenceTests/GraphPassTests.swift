import ModelFormat
import Tensors
import Testing

@testable import Inference

@Suite("A graph pass")
struct GraphPassTests {
  private let images = ConvolutionModel.numbers([2, 9, 7, 3], seed: 5)

  @Test(arguments: GraphPass.allCases)
  func changesNothingButSpeed(pass: GraphPass) throws {
    try expectSameResults(passes: [pass])
  }

  @Test func goesWithAllOthers() throws {
    try expectSameResults(passes: Set(GraphPass.allCases))
  }

  private func expectSameResults(passes: Set<GraphPass>) throws {
    let plain = try Model(ConvolutionModel.contents(), passes: [])
    let fast = try Model(ConvolutionModel.contents(), passes: passes)
    let expected = try plain.predict([images])[0]
    let found = try fast.predict([images])[0]
    #expect(try Closeness(of: found, to: expected, absolute: 0, relative: 1e-6).isClose)
  }

  @Test(arguments: [
    (GraphPass.removeIdentities, 15), (.fusePadding, 14), (.foldBatchNormalization, 15),
    (.foldScales, 16), (.fuseResiduals, 14), (.fuseActivations, 14), (.fuseFactors, 15),
    (.fuseExpansions, 16),
  ])
  func takesCallsAway(pass: GraphPass, left: Int) throws {
    #expect(try calls(passes: [pass]) == left)
  }

  @Test func leavesFiveConvolutionsAndAMeanOfSixteenCalls() throws {
    #expect(try calls(passes: Set(GraphPass.allCases)) == 6)
  }

  private func calls(passes: Set<GraphPass>) throws -> Int {
    let model = try Model(ConvolutionModel.contents())
    return model.graph.rewritten(
      by: passes, computing: model.graph.outputs, types: try model.graph.probe().types
    ).graph.nodes.count
  }

  @Test func keepsValuesThatAreAskedFor() throws {
    let plain = try Model(ConvolutionModel.contents(), passes: [])
    let fast = try Model(ConvolutionModel.contents())
    for name in ["pad", "first", "norm", "relu", "drop", "add", "squeeze", "excite"] {
      let expected = try plain.predict([images], values: [name, "add2"])
      let found = try fast.predict([images], values: [name, "add2"])
      for (found, expected) in zip(found, expected) {
        #expect(
          try Closeness(of: found, to: expected, absolute: 0, relative: 1e-6).isClose, "\(name)")
      }
    }
  }

  @Test func broadcastsTermsThatHaveOneShapeOnlyForSomeInputs() throws {
    let open = ModelDescription(
      name: "open",
      inputs: ["a", "b"].map { InputDescription(name: $0, shape: [nil, nil, 2]) },
      layers: [
        SmallModels.dense("dense", inputs: 2, units: 2),
        LayerDescription(name: "add", className: "Add"),
      ],
      nodes: [
        NodeDescription(name: "dense", layer: "dense", inputs: ["a"]),
        NodeDescription(name: "add", layer: "add", inputs: ["dense", "b"]),
      ], outputs: [OutputDescription(name: "add", value: "add")])
    let model = try Model(
      ModelContents(
        description: open,
        weights: [
          "dense/kernel": Tensor([2, 2], [1, 0, 0, 1] as [Float]),
          "dense/bias": Tensor([2], [0, 0] as [Float]),
        ], provenance: Provenance(source: "test")))
    let a = Tensor([1, 1, 2], [10, 20] as [Float])
    let b = Tensor([1, 3, 2], [1, 2, 3, 4, 5, 6] as [Float])
    let sums: [Float] = [11, 22, 13, 24, 15, 26]
    #expect(try model.predict([a, b])[0].elements(as: Float.self) == sums)
    #expect(try model.predict([b, a])[0].elements(as: Float.self) == sums)
    #expect(try model.predict([a, a])[0].elements(as: Float.self) == [20, 40])
  }
}
