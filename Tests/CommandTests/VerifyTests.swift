import Foundation
import TemporaryFolders
import Testing

@Suite struct VerifyTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func everyValueStandsInTheTable() throws {
    let result = try Keraskit.run("verify", Fixture.chain, "--reference", Fixture.chainReference)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains(/│ conv2d +│ Conv2D │ \(2, 6, 6, 8\) │/))
    #expect(result.output.contains(/│ → conv2d_1 +│ Conv2D │ \(2, 6, 6, 4\) │/))
    #expect(result.output.hasSuffix("2 of 2 values agree with Keras on 2 cases\n"))
  }

  @Test func theFirstLayerThatDivergesIsNamed() throws {
    let spoiled = try Fixture.spoiledReference(of: "conv2d", in: folder)
    let result = try Keraskit.run("verify", Fixture.chain, "--reference", spoiled)
    #expect(result.status == 1)
    #expect(result.output.contains("✗"))
    #expect(result.errorLines.count == 1)
    #expect(
      result.errors.hasPrefix(
        "keraskit: 1 of 2 values differ from Keras, first layer \"conv2d\" (Conv2D): 1 of 576 "
          + "elements are off; at [0, 0, 0, 0] expected 1000.0, found "))
  }

  @Test func tolerancesAreTakenFromTheCommandLine() throws {
    #expect(
      try Keraskit.run(
        "verify", Fixture.chain, "--reference", Fixture.chainReference, "--rtol", "0",
        "--atol", "0"
      ).status == 1)
    let spoiled = try Fixture.spoiledReference(of: "conv2d", in: folder)
    #expect(
      try Keraskit.run("verify", Fixture.chain, "--reference", spoiled, "--atol=1010").status == 0)
  }

  @Test func jsonHoldsEveryFigure() throws {
    let result = try Keraskit.run(
      "verify", Fixture.chain, "--reference", Fixture.chainReference, "--json")
    let json = try result.json
    #expect(result.status == 0)
    #expect(json["passes"] as? Bool == true)
    #expect(json["cases"] as? Int == 2)
    #expect(json["first_divergence"] is NSNull)
    let values = try #require(json["values"] as? [[String: Any]])
    #expect(values.map { $0["name"] as? String } == ["conv2d", "conv2d_1"])
    #expect(values.map { $0["kind"] as? String } == ["activation", "output"])
    let keys: Set = [
      "name", "kind", "class_name", "shape", "passes", "scale", "max_absolute", "max_relative",
      "worst_index", "value", "reference", "count", "count_beyond", "same_class_count",
    ]
    #expect(values.allSatisfy { Set($0.keys) == keys })
  }

  @Test func anExactComparisonComputesConvolutionsAnotherWay() throws {
    let model = Fixture.path("digits/cnn.h5")
    let reference = Fixture.path("digits/cnn.reference.npz")
    let fast = try Keraskit.run("verify", model, "--reference", reference)
    let exact = try Keraskit.run("verify", model, "--reference", reference, "--exact")
    #expect(fast.status == 0)
    #expect(exact.status == 0)
    #expect(fast.output != exact.output)
  }

  @Test func theReportIsWrittenAsAPage() throws {
    let result = try Keraskit.run(
      "verify", Fixture.chain, "--reference", Fixture.chainReference, "--html", folder("r.html"))
    #expect(result.status == 0)
    let page = try String(contentsOfFile: folder("r.html"), encoding: .utf8)
    #expect(page.hasPrefix("<!doctype html>"))
    #expect(page.contains("conv2d_1"))
    #expect(!page.contains("http"))
  }

  @Test func aBundleIsComparedWithItsOwnCases() throws {
    #expect(
      try Keraskit.run(
        "convert", Fixture.chain, "-o", folder("m.st"), "--reference", Fixture.chainReference
      ).status == 0)
    let result = try Keraskit.run("verify", folder("m.st"))
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("2 of 2 values agree with Keras on 2 cases\n"))
  }

  @Test func withoutCasesThereIsNothingToVerify() throws {
    let result = try Keraskit.run("verify", Fixture.chain)
    #expect(result.status == 64)
    #expect(
      result.errors.contains("holds no reference cases; \"--reference\" names a file of them"))
  }

  @Test func aReferenceOfAnotherModelIsRefused() throws {
    let result = try Keraskit.run("verify", Fixture.chain, "--reference", Fixture.denseReference)
    #expect(result.status == 2)
    #expect(result.errors.contains("input \"x\": expected shape (any, any, any, 3), found (2, 7)"))
  }
}
