/// What people take for a model's file, recognised by how it begins, and what to do with it.
enum ForeignFile {
  /// What the file at `path` is, which begins with `start`; nil where nobody can tell.
  static func description(_ path: String, start: [UInt8]) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return binary(start) ?? named(name) ?? text(String(decoding: start, as: UTF8.self))
  }

  private static func binary(_ start: [UInt8]) -> String? {
    if !start.isEmpty, start.allSatisfy({ $0 == 0 }) {
      return "nothing but zeros, as an unfinished download leaves; fetch it again"
    }
    if start.dropFirst(4).starts(with: "TFL3".utf8) {
      return "a TensorFlow Lite model, which no longer has Keras's layers; convert the Keras model "
        + "that it was made from"
    }
    if start.dropFirst(257).starts(with: "ustar".utf8) { return "a tar archive; unpack it first" }
    return signatures.first { start.starts(with: $0.bytes) }?.words
  }

  private static let packed = "a compressed file; unpack it first"
  private static let pickle =
    "Python's pickled objects, which are code; in Python, save the model as .keras"
  private static let textMode =
    "an HDF5 file that a transfer in text mode damaged; fetch it again in binary mode"

  private static let signatures: [(bytes: [UInt8], words: String)] = [
    ([0x89, 0x48, 0x44, 0x46], textMode),
    ([0x1F, 0x8B], packed), ([0x42, 0x5A, 0x68], packed), ([0x37, 0x7A, 0xBC, 0xAF], packed),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], packed), (Array("Rar!".utf8), packed),
    ([0x28, 0xB5, 0x2F, 0xFD], packed),
    ([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46], "a PyTorch model, not one of Keras's"),
    ([0x80, 0x02], pickle), ([0x80, 0x03], pickle), ([0x80, 0x04], pickle), ([0x80, 0x05], pickle),
    ([0x0E, 0x03, 0x13, 0x01], "an HDF4 file, an older format than Keras's"),
    (Array("GGUF".utf8), "a GGUF model, not one of Keras's"),
    (Array("MATLAB 5.0".utf8), "a MATLAB file"), (Array("CDF".utf8), "a NetCDF file"),
    (Array("%PDF".utf8), "a PDF document"), (Array("SQLite format".utf8), "an SQLite database"),
    ([0x7F, 0x45, 0x4C, 0x46], "a program"), (Array("GIF8".utf8), "a GIF picture"),
  ]

  /// What only the name tells: these formats begin with no signature.
  private static func named(_ name: String) -> String? {
    if name == "checkpoint" || [".index", ".meta"].contains(where: name.hasSuffix)
      || name.split(separator: ".").last?.hasPrefix("data-0") == true
    {
      return checkpoint
    }
    if name.hasSuffix(".pb") || name.hasSuffix(".pbtxt") {
      let isSavedModel = name.hasPrefix("saved_model.") || name == "keras_metadata.pb"
      return isSavedModel
        ? "part of a TensorFlow SavedModel; name its folder"
        : "a TensorFlow graph, which no longer has Keras's layers"
    }
    let words = [
      "caffemodel": "a Caffe model", "mlmodel": "a Core ML model", "onnx": "an ONNX model",
      "weights": "Darknet's weights",
    ]
    let ending = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
    return words[ending].map { "\($0), not one of Keras's" }
  }

  /// What Keras 2's `save_weights` writes.
  static let checkpoint =
    "a TensorFlow checkpoint, weights alone; a configuration, which to_json gives, takes them with "
    + "\"--weights\""

  private static func text(_ start: String) -> String? {
    let text = start.trimmedStart.lowercased()
    if text.hasPrefix("version https://git-lfs") {
      return "a Git LFS pointer, whose content was not fetched; \"git lfs pull\" fetches it"
    }
    if ["<!doctype html", "<html", "<head"].contains(where: text.hasPrefix) {
      return "a web page; the address it came from shows the file and is not the file's own"
    }
    if text.hasPrefix("<?xml") || text.hasPrefix("<error") {
      return "an XML text, as servers answer with when they refuse a download"
    }
    if text.contains("class_name:"), text.contains("config:") {
      return "a model's configuration in YAML, which Keras no longer reads; in Python, "
        + "json.dump(yaml.safe_load(file), …) makes it a .json"
    }
    if ["import ", "from ", "#!", "def ", "\"\"\""].contains(where: text.hasPrefix) {
      return "a program's text; run it in Python and save its model as .keras"
    }
    return !text.isEmpty && start.isPlain ? "a text" : nil
  }
}

extension String {
  /// The text without blanks and a byte order mark before it.
  fileprivate var trimmedStart: Substring {
    drop { $0.isWhitespace || $0.isNewline || $0 == "\u{FEFF}" }
  }

  /// Whether it holds nothing but what people read.
  fileprivate var isPlain: Bool {
    unicodeScalars.allSatisfy {
      $0.value >= 0x20 && $0 != "\u{FFFD}" || "\t\n\r\u{C}".unicodeScalars.contains($0)
    }
  }
}
