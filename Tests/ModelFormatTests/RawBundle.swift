import Foundation
import ModelFormat
import TemporaryFolders

/// The bytes of a bundle whose header a test can spoil.
struct RawBundle {
  var header: [String: Any]
  var data = Data(count: 32)

  /// A sound bundle of one input, a dense layer without options and its two weights.
  init() {
    let model = """
      {"aliases":{},"inputs":[{"dtype":"float32","name":"x","shape":[null,3]}],"layers":[{\
      "class_name":"Dense","config":{},"name":"d","weights":[\
      {"dtype":"float32","name":"kernel","shape":[3,2]},\
      {"dtype":"float32","name":"bias","shape":[2]}]}],"name":"m","nodes":[{"arguments":{},\
      "inputs":["x"],"keywords":{},"layer":"d","name":"d","outputs":["d"]}],\
      "outputs":[{"name":"d","value":"d"}]}
      """
    header = [
      "__metadata__": [
        "keraskit.version": "1", "keraskit.model": model, "keraskit.precision": "float32",
        "keraskit.data_sha256": String(repeating: "0", count: 64),
        "keraskit.provenance": """
        {"source":"m.h5","source_sha256":"","keras_version":null,"backend":null,"rules":[]}
        """,
      ],
      "d/kernel": Self.entry("F32", [3, 2], [0, 24]),
      "d/bias": Self.entry("F32", [2], [24, 32]),
    ]
  }

  static func entry(_ type: String, _ shape: [Any], _ offsets: [Int]) -> [String: Any] {
    ["dtype": type, "shape": shape, "data_offsets": offsets]
  }

  /// The value of a metadata key.
  subscript(key: String) -> String? {
    get { (header["__metadata__"] as? [String: String])?[key] }
    set {
      var metadata = header["__metadata__"] as? [String: String] ?? [:]
      metadata[key] = newValue
      header["__metadata__"] = metadata
    }
  }

  /// The whole file, the header padded so that the data is aligned.
  func bytes() throws -> Data {
    let json = try JSONSerialization.data(withJSONObject: header)
    return Self.bytes(header: json, data: data)
  }

  static func bytes(header: Data, data: Data, alignment: Int = 64) -> Data {
    let padding = (alignment - (8 + header.count) % alignment) % alignment
    let padded = header + Data(repeating: 0x20, count: padding)
    return withUnsafeBytes(of: UInt64(padded.count).littleEndian) { Data($0) } + padded + data
  }

  /// What the reader has against `bytes`.
  static func fault(in bytes: Data, verifyingChecksum: Bool = false) throws -> BundleError.Fault? {
    let folder = try TemporaryFolder()
    try bytes.write(to: URL(filePath: folder("bundle")))
    do {
      _ = try BundleReader(path: folder("bundle"), verifyingChecksum: verifyingChecksum)
      return nil
    } catch {
      return error.fault
    }
  }

  func fault(verifyingChecksum: Bool = false) throws -> BundleError.Fault? {
    try Self.fault(in: bytes(), verifyingChecksum: verifyingChecksum)
  }
}
