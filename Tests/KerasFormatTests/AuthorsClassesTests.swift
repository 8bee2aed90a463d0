import ModelFormat
import Testing

@testable import KerasFormat

@Suite("A class of the file's author with the name of one of Keras's")
struct AuthorsClassesTests {
  @Test(
    "goes by another name than Keras's",
    arguments: [
      // Keras 3 and late Keras 2 name the module; a class of the main program has none.
      ("UnitNormalization", #""module": null, "registered_name": "UnitNormalization","#, "3.15.1"),
      ("Dense", #""module": "author.layers", "registered_name": "Dense","#, "2.13.1"),
      // Keras itself writes the axis of each of these.
      ("LayerNormalization", "", "2.12.0"), ("Softmax", "", "2.2.4"), ("Attention", "", "3.15.1"),
      // Keras had none of these before it became a part of TensorFlow.
      ("MultiHeadAttention", "", "2.3.1"), ("Identity", "", "1.2.2"),
    ])
  func isForeign(className: String, words: String, version: String) throws {
    #expect(try Self.told(className, words, version) == "Custom>" + className)
  }

  @Test(
    "is told from Keras's own",
    arguments: [
      ("UnitNormalization", #""module": "keras.layers", "registered_name": null,"#, "3.15.1"),
      ("StochasticDepth", "\(Self.application) \"StochasticDepth\",", "3.15.1"),
      ("Dense", "", "2.3.1"), ("Softmax", "", "1.2.2"), ("Identity", "", "2.2.4-tf"),
      // A name that Keras has not is the author's as it is.
      ("Patches", #""module": null, "registered_name": "Patches","#, "3.15.1"),
    ])
  func isKept(className: String, words: String, version: String) throws {
    #expect(try Self.told(className, words, version) == className)
  }

  @Test("is told inside a wrapper, too")
  func isToldInWrappers() throws {
    let cell = #"{"class_name": "LSTMCell", "module": null, "registered_name": "LSTMCell","#
    let config = try JSONValue(parsing: #"{"cell": \#(cell) "config": {"units": 3}}}"#)
    let normalizer = ConfigNormalizer(
      version: try #require(KerasVersion("3.15.1")), report: ImportReport())
    let options = normalizer.normalized(
      config.object ?? [:], className: "RNN", fileClassName: "RNN")
    #expect(options["cell"]?["class_name"] == .string("Custom>LSTMCell"))
  }

  private static let application =
    #""module": "keras.src.applications.convnext", "registered_name":"#

  private static func told(
    _ className: String, _ words: String, _ version: String
  ) throws -> String {
    let entry = "{\(words) \"class_name\": \"\(className)\", \"config\": {\"name\": \"a\"}}"
    return AuthorsClasses.told(
      className, entry: try JSONValue(parsing: entry),
      version: try #require(KerasVersion(version)))
  }
}
