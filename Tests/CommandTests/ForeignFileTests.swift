import Foundation
import TemporaryFolders
import Testing

/// Files that people take for models: each is told what it is and what to do.
@Suite struct ForeignFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What is told of a file of the given name and bytes, which is no model.
  private func told(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(filePath: folder(name)))
    let result = try Keraskit.run("inspect", folder(name))
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.split(separator: "\n").count == 1)
    return result.errors
  }

  @Test(arguments: [
    (
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 123\n", "a Git LFS pointer"
    ),
    ("<!DOCTYPE html>\n<html><head><title>404</title></head></html>", "a web page"),
    ("\n  <html lang=\"en\">", "a web page"),
    ("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>", "an XML text"),
    ("backend: tensorflow\nclass_name: Sequential\nconfig:\n- class_name: Dense\n", "in YAML"),
    ("import keras\nmodel = keras.Sequential()\n", "a program's text"),
    ("404: Not Found", "found a text\n"),
    ("{\"message\": \"Not Found\"}", "a JSON file that is no model's configuration"),
    ("{\"class_name\": ", "damaged JSON"),
    ("{\"weight_map\": {}}", "a list of files of weights"),
    (
      "{\"modelTopology\": {\"class_name\": \"Sequential\"}}",
      "\"weightsManifest\": expected a list"
    ),
    ("{\"modelTopology\": {\"node\": []}}", "a TensorFlow.js graph"),
  ])
  func texts(text: String, words: String) throws {
    #expect(try told("m.h5", Array(text.utf8)).contains(words))
  }

  /// What lacks its weights shows its layers all the same.
  @Test(arguments: [
    "\u{FEFF}{\"class_name\": \"Sequential\", \"config\": []}",
    "\"{\\\"class_name\\\": \\\"Sequential\\\", \\\"config\\\": []}\"",
  ])
  func configurations(text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder("m.h5")))
    let result = try Keraskit.run("inspect", folder("m.h5"))
    #expect(result.status == 2)
    #expect(result.output.contains("Sequential"))
    #expect(result.errors.contains("--weights FILE"))
  }

  @Test(arguments: [
    ("m.h5", [UInt8](repeating: 0, count: 4096), "nothing but zeros"),
    ("m.h5", [0x1F, 0x8B, 0x08, 0], "a compressed file; unpack it first"),
    ("m.h5", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0D, 0x0A], "a transfer in text mode damaged"),
    ("m.pkl", [0x80, 0x04, 0x95], "Python's pickled objects"),
    ("m.tflite", [0x1C, 0, 0, 0] + Array("TFL3".utf8), "a TensorFlow Lite model"),
    ("m.pth", [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46], "a PyTorch model"),
    ("m.onnx", [0x08, 0x07, 0x12, 0x07], "an ONNX model"),
    ("saved_model.pb", [0x08, 0x01], "part of a TensorFlow SavedModel; name its folder"),
    ("frozen.pb", [0x0A, 0x4D], "a TensorFlow graph"),
    ("cp.ckpt.index", [0, 1, 2], "a TensorFlow checkpoint, weights alone"),
    ("cp.ckpt.data-00000-of-00001", [0, 1, 2], "a TensorFlow checkpoint, weights alone"),
    ("m.bin", [1, 2, 3], "a file of unknown kind"),
  ])
  func bytes(name: String, bytes: [UInt8], words: String) throws {
    #expect(try told(name, bytes).contains(words))
  }

  @Test(arguments: [
    (["saved_model.pb", "fingerprint.pb"], "\"saved_model.pb\": the file is damaged"),
    (["checkpoint", "cp.ckpt.index"], "a TensorFlow checkpoint"),
    (["a.h5", "b.h5"], "a folder with \"a.h5\", \"b.h5\""),
  ])
  func folders(names: [String], words: String) throws {
    for name in names { try Data([1]).write(to: URL(filePath: folder(name))) }
    let result = try Keraskit.run("inspect", folder.path)
    #expect(result.status == 2)
    #expect(result.errors.contains(words))
  }
}
