/// Where a model came from, and by which rules it was read.
public struct Provenance: Codable, Hashable, Sendable {
  /// The file's name, without its folder.
  public var source: String
  /// SHA-256 of the file, in hexadecimal.
  public var sourceSHA256: String
  /// The Keras version that wrote the file, as the file tells it.
  public var kerasVersion: String?
  /// The back end that Keras ran on, as the file tells it.
  public var backend: String?
  /// What the importer did that depends on the file's version or form, one sentence each.
  public var rules: [String]

  /// The provenance of a model read from `source`.
  public init(
    source: String, sourceSHA256: String = "", kerasVersion: String? = nil, backend: String? = nil,
    rules: [String] = []
  ) {
    self.source = source
    self.sourceSHA256 = sourceSHA256
    self.kerasVersion = kerasVersion
    self.backend = backend
    self.rules = rules
  }
}
