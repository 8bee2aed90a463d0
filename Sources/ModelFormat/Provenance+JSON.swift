extension Provenance {
  /// The provenance as JSON, the way a bundle stores it.
  package var json: JSONValue {
    .object([
      "source": .string(source),
      "source_sha256": .string(sourceSHA256),
      "keras_version": kerasVersion.map { .string($0) } ?? .null,
      "backend": backend.map { .string($0) } ?? .null,
      "rules": .array(rules.map { .string($0) }),
    ])
  }

  init(json: JSONValue) throws(DescriptionError) {
    var members = try JSONMembers(json, at: "provenance")
    source = try members.string("source")
    sourceSHA256 = try members.string("source_sha256")
    kerasVersion = try members.stringIfPresent("keras_version")
    backend = try members.stringIfPresent("backend")
    rules = try members.strings("rules")
    try members.finish()
  }
}
