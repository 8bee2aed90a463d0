import HDF5
import KerasFormat
import ModelFormat
import Testing

@Suite("Files of Keras 1")
struct Keras1Tests {
  private static func contents(_ layers: [String], version: String? = "1.2.2") throws
    -> ModelDescription
  {
    try KerasFile(config: Config.sequential(layers), groups: [], version: version)
      .imported().contents.description
  }

  @Test("are known by their words where they name no version")
  func words() {
    let layer = #""output_dim": 3, "init": "uniform""#
    let file = KerasFile(
      config: Config.sequential([Config.layer("Dense", "d", layer)]), groups: [], version: nil)
    let rules = (try? file.imported().contents.provenance.rules) ?? []
    #expect(
      rules.contains("the file names no Keras version; its configuration is Keras 1's"))
    #expect(
      rules.contains("layers of Keras 1 are read as those of Keras 2 that replaced them"))
  }

  @Test(
    "tell what cannot be read as it is set",
    arguments: [
      ("BatchNormalization", #""mode": 2"#, "mode"),
      ("Merge", #""mode": "cos""#, "mode"),
    ])
  func refusals(className: String, options: String, option: String) {
    let file = KerasFile(
      config: Config.sequential([Config.layer(className, "layer", options)]), groups: [],
      version: "1.1.0")
    #expect(
      file.problems().contains {
        $0.kind == .unsupported && $0.layer == "layer" && $0.option == option
      })
  }
}
