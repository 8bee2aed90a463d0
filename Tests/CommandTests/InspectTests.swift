import Foundation
import TemporaryFolders
import Testing

@Suite struct InspectTests {
  @Test func layersShapesAndSizesAreShown() throws {
    let result = try Keraskit.run("inspect", Fixture.chain)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("Keras 3."))
    #expect(
      result.output.contains(
        #/conv2d +│ Conv2D +│ \(None, None, None, 8\) │ +224 │ +55,296 │ x /#))
    #expect(result.output.contains("Parameters     260 in 1.04 kB"))
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test func jsonHoldsTheSame() throws {
    let json = try Keraskit.run("inspect", Fixture.chain, "--json").json
    #expect(json["convertible"] as? Bool == true)
    #expect(json["format"] as? String == "keras_h5")
    #expect(json["parameters"] as? Int == 260)
    #expect(json["multiply_adds"] as? Int == 63488)
    let layers = json["layers"] as? [[String: Any]]
    #expect(layers?.map { $0["class_name"] as? String } == ["Conv2D", "Conv2D"])
    #expect(layers?.map { $0["inputs"] as? [String] } == [["x"], ["conv2d"]])
    let provenance = json["provenance"] as? [String: Any]
    #expect((provenance?["source_sha256"] as? String)?.count == 64)
  }

  @Test func whatManyLayersHaveAlikeIsOneLine() throws {
    let folder = try TemporaryFolder()
    let layers = (0..<12).map { #"{"class_name": "Odd", "config": {"name": "odd\#($0)"}}"# }
    let shape = #"{"name": "x", "batch_input_shape": [null, 3]}"#
    let input = #"{"class_name": "InputLayer", "config": \#(shape)}"#
    let text =
      #"{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": ["#
      + ([input] + layers).joined(separator: ", ") + "]}}"
    try Data(text.utf8).write(to: URL(filePath: folder("m.json")))
    let result = try Keraskit.run("inspect", folder("m.json"))
    #expect(result.status == 1)
    let odd = result.errorLines.filter { $0.contains("(Odd)") }
    #expect(odd.count == 1)
    #expect(odd.first?.contains(#"layers "odd0", "odd1""#) == true)
    #expect(odd.first?.contains("and 4 more") == true)
    let problems = try Keraskit.run("inspect", folder("m.json"), "--json").json["problems"]
    #expect((problems as? [Any])?.count == 13)
  }

  @Test func everyProblemIsToldAtOnce() throws {
    let folder = try TemporaryFolder()
    try Fixture.patched(Fixture.dense, "\"class_name\": \"Dense\"", "\"class_name\": \"Dance\"")
      .write(to: URL(filePath: folder("m.h5")))
    let result = try Keraskit.run("inspect", folder("m.h5"))
    #expect(result.status == 1)
    #expect(result.errorLines.count == 6)
    #expect(result.errorLines.allSatisfy { $0.contains("(Dance)") && $0.contains("m.h5") })
    let json = try Keraskit.run("inspect", folder("m.h5"), "--json")
    #expect(json.status == 1)
    #expect(try json.json["convertible"] as? Bool == false)
    let problems = try json.json["problems"] as? [[String: Any]]
    #expect(problems?.map { $0["kind"] as? String } == Array(repeating: "unsupported", count: 6))
    #expect(problems?.first?["class_name"] as? String == "Dance")
  }

  @Test func anInputWithoutAShapeIsOneProblem() throws {
    let folder = try TemporaryFolder()
    try Fixture.patched(Fixture.dense, "\"batch_shape\"", "\"batch_shade\"")
      .write(to: URL(filePath: folder("m.h5")))
    let result = try Keraskit.run("inspect", folder("m.h5"))
    #expect(result.status == 2)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("expected the input's shape, found none"))
  }

  @Test func theGraphIsDrawn() throws {
    let folder = try TemporaryFolder()
    #expect(try Keraskit.run("inspect", Fixture.dense, "--plot", folder("g.svg")).status == 0)
    let svg = try String(contentsOfFile: folder("g.svg"), encoding: .utf8)
    let document = XMLCounter(svg)
    #expect(document.isWellFormed)
    #expect(document.counts["rect"] == 7)
    #expect(svg.contains(">softmax<"))
    #expect(try Keraskit.run("inspect", Fixture.dense, "--plot", folder("g.dot")).status == 0)
    let dot = try String(contentsOfFile: folder("g.dot"), encoding: .utf8)
    #expect(dot.ranges(of: " -> ").count == 6)
    #expect(dot.contains("label=\"softmax\\nDense (None, 6)\""))
  }
}
