import CSimdJSON

/// Parses JSON texts with simdjson, and keeps the memory for the next ones.
final class JSONParser: Sendable {
  /// How deep lists and objects may nest.
  static let depthLimit = 100
  /// Memory that held a longer text is given back.
  private static let keptCapacity = 1 << 20

  private let idle = Monitor<[Document]>([])

  /// A parsed text's memory; it is owned by one thread at a time.
  private struct Document: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  deinit {
    idle.withLock { documents in
      for document in documents { kjson_destroy(document.pointer) }
    }
  }

  /// Calls `body` with the value of the text, or of its first `count` bytes.
  ///
  /// The value is valid until `body` returns. An object that is the whole text holds each key once.
  func parse<Result>(
    _ text: HTTPBody, count: Int? = nil, _ body: (JSONValue) throws(HTTPError) -> Result
  ) throws(HTTPError) -> Result {
    guard let document = take() else {
      throw HTTPError(.unavailable, "out of memory")
    }
    defer { giveBack(document) }
    precondition(HTTPBody.padding >= kjson_padding(), "a body has room for simdjson's padding")
    var (root, error) = (kjson_node(), kjson_error())
    let bytes = text.bytes
    let parsed = kjson_parse(
      document.pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
      count ?? bytes.count,
      &root, &error)
    guard parsed else { throw Self.parseError(error) }
    return try withExtendedLifetime(text) { () throws(HTTPError) in
      let value = JSONValue(node: root)
      try value.checkKeys()
      return try body(value)
    }
  }

  private static func parseError(_ error: kjson_error) -> HTTPError {
    let reason = error.reason.map { String(cString: $0) } ?? "unknown"
    let place = reason == "The document is empty" ? "" : " at offset: \(error.offset)"
    return HTTPError(.badRequest, "JSON Parse error: \(reason)\(place)")
  }

  private func take() -> Document? {
    idle.withLock { $0.popLast() }
      ?? kjson_create(Self.depthLimit).map { Document(pointer: $0) }
  }

  private func giveBack(_ document: Document) {
    if kjson_capacity(document.pointer) <= Self.keptCapacity {
      idle.withLock { $0.append(document) }
    } else {
      kjson_destroy(document.pointer)
    }
  }
}
