import Inference
import ModelFormat
import Parity
import Tensors
import Testing

@Suite struct ParityCheckTests {
  private func report(
    _ model: Model, _ reference: [String: Tensor], _ tolerance: ParityTolerance = .float32
  ) throws -> ParityReport {
    try ParityCheck(model, tolerance: tolerance)(ReferenceCases(reference))
  }

  @Test func equalValuesPass() throws {
    let report = try report(SmallModel.make(), SmallModel.reference())
    #expect(report.passes)
    #expect(report.cases == 2)
    #expect(report.maxAbsolute == 0)
    #expect(report.firstDivergence == nil)
    #expect(report.verdict == "3 of 3 values agree with Keras on 2 cases")
  }

  @Test func valuesComeInTheModelsOrderAndOutputsLast() throws {
    let report = try report(SmallModel.make(), SmallModel.reference())
    #expect(report.rows.map(\.name) == ["dense", "relu", "relu"])
    #expect(report.rows.map(\.kind) == [.activation, .activation, .output])
    #expect(report.rows.map(\.className) == ["Dense", "Activation", "Activation"])
  }

  @Test func theFirstLayerThatDivergesIsNamed() throws {
    let report = try report(SmallModel.make(bias: [0, 0.5]), SmallModel.reference())
    #expect(!report.passes)
    #expect(report.firstDivergence?.name == "dense")
    #expect(report.maxAbsolute == 0.5)
    #expect(
      report.verdict
        == "3 of 3 values differ from Keras, first layer \"dense\" (Dense): 2 of 4 elements are "
        + "off; at [0, 1] expected -2.0, found -1.5")
  }

  @Test func theToleranceGrowsWithTheReferencesLargestMagnitude() throws {
    let model = try SmallModel.make(bias: [0.5, 0])
    #expect(
      try report(model, SmallModel.reference(), ParityTolerance(absolute: 0, relative: 0.13))
        .passes)
    #expect(
      try !report(model, SmallModel.reference(), ParityTolerance(absolute: 0, relative: 0.12))
        .passes)
    #expect(
      try report(model, SmallModel.reference(), ParityTolerance(absolute: 0.5, relative: 0)).passes)
  }

  @Test func anotherShapeFails() throws {
    var reference = SmallModel.reference()
    reference["activations/dense"] = Tensor([4], [1, -2, 3, 4] as [Float])
    let report = try report(SmallModel.make(), reference)
    #expect(
      report.firstDivergence?.explanation
        == "layer \"dense\" (Dense): expected shape (4,), found (2, 2)")
  }

  @Test func anAliasIsComparedUnderItsOwnName() throws {
    var reference = SmallModel.reference()
    reference["activations/inner"] = reference.removeValue(forKey: "activations/dense")
    let report = try report(SmallModel.make(), reference)
    #expect(report.rows.map(\.name) == ["inner", "relu", "relu"])
    #expect(report.passes)
  }

  @Test func anActivationThatTheModelLacksIsListed() throws {
    var reference = SmallModel.reference()
    reference["activations/other"] = Tensor([1], [1] as [Float])
    let report = try report(SmallModel.make(), reference)
    #expect(report.passes)
    #expect(report.notCompared == ["other"])
  }

  @Test func anOutputThatOneSideLacksFails() throws {
    var reference = SmallModel.reference()
    reference["outputs/sigmoid"] = reference.removeValue(forKey: "outputs/relu")
    let report = try report(SmallModel.make(), reference)
    #expect(
      report.rows.filter { !$0.passes }.map(\.explanation) == [
        "output \"relu\": the reference does not hold it",
        "output \"sigmoid\": the model has no such output",
      ])
  }

  @Test func outputsThatShareANameGoByTheirNumbers() throws {
    var reference = SmallModel.reference()
    reference["outputs/out0"] = reference.removeValue(forKey: "outputs/relu")
    reference["outputs/out1"] = reference["outputs/out0"]
    #expect(try report(SmallModel.make(outputs: ["relu", "relu"]), reference).passes)
  }

  @Test func anOnlyInputGoesByAnyName() throws {
    var reference = SmallModel.reference()
    reference["inputs/other"] = reference.removeValue(forKey: "inputs/x")
    #expect(try report(SmallModel.make(), reference).passes)
  }

  @Test func predictionsAreTheOutputsAndOutputsLabels() throws {
    var reference = SmallModel.reference()
    reference["predictions/relu"] = reference["outputs/relu"]
    reference["outputs/relu"] = Tensor([2], [7, 8] as [Float])
    #expect(try report(SmallModel.make(), reference).passes)
  }

  @Test func notANumberDiffersFromANumberAndEqualsItself() throws {
    var reference = SmallModel.reference()
    reference["activations/dense"] = Tensor([2, 2], [1, .nan, 3, 4] as [Float])
    #expect(try report(SmallModel.make(), reference).firstDivergence?.name == "dense")
    reference["activations/dense"] = Tensor([2, 2], [1, .nan, 3, .nan] as [Float])
    #expect(try report(SmallModel.make(bias: [0, .nan]), reference).rows[0].passes)
  }

  @Test(arguments: [
    (["inputs/x"], "neither \"outputs/…\" nor \"activations/…\" to compare with"),
    (["outputs/x"], "no array \"inputs/…\": there is nothing to run the model on"),
    (
      ["inputs/x", "x"],
      "array \"x\": expected a name that begins with \"inputs/\", \"outputs/\", "
        + "\"activations/\" or \"predictions/\""
    ),
  ])
  func aReferenceOfAnotherFormIsRefused(names: [String], message: String) {
    let tensors = names.map { ($0, Tensor([1], [1] as [Float])) }
    let error = #expect(throws: ReferenceError.self) {
      try ReferenceCases(Dictionary(uniqueKeysWithValues: tensors))
    }
    #expect(error?.description == message)
  }

  @Test func theReportIsStrictJSON() throws {
    let report = try report(SmallModel.make(bias: [0, .nan]), SmallModel.reference())
    let json = report.json
    #expect(json["passes"]?.bool == false)
    #expect(json["first_divergence"]?.string == "dense")
    #expect(json["max_absolute"]?.isNull == true)
    #expect(json["values"]?.array?.count == 3)
    #expect(!json.canonicalText.contains("NaN") && !json.canonicalText.contains("Infinity"))
  }
}
