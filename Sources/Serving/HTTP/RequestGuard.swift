/// Refuses requests whose header two programs could read differently, or that cannot be served.
package enum RequestGuard {
  /// What is known of a body before it arrives.
  package enum BodyLength: Equatable {
    /// There is as much as the header says.
    case known(Int)
    /// It comes in chunks.
    case chunked
  }

  /// How long the body is, or why the request is refused.
  package static func check(_ headers: HTTPHeaders, version: String) throws(HTTPError) -> BodyLength
  {
    var (hosts, lengths, encodings) = ([String](), [String](), [String]())
    for field in headers.fields {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenByte) else {
        throw HTTPError(.badRequest, "a header field has a malformed name")
      }
      guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
        throw HTTPError(.badRequest, "header field \"\(field.name)\" holds a control character")
      }
      if field.isNamed("Host") { hosts.append(field.value) }
      if field.isNamed("Content-Length") { lengths.append(field.value) }
      if field.isNamed("Transfer-Encoding") { encodings.append(field.value) }
      if field.isNamed("Expect") { try check(expectation: field.value) }
      if field.isNamed("Content-Encoding") { try check(encoding: field.value) }
    }
    guard hosts.count == 1 || hosts.isEmpty && version == "HTTP/1.0" else {
      throw HTTPError(.badRequest, "expected one header field \"Host\", found \(hosts.count)")
    }
    guard hosts.allSatisfy({ $0.utf8.allSatisfy(isHostByte) }) else {
      throw HTTPError(.badRequest, "header field \"Host\" is not a host and a port")
    }
    return try bodyLength(lengths, encodings, version: version)
  }

  private static func check(expectation: String) throws(HTTPError) {
    guard expectation.lowercased() == "100-continue" else {
      throw HTTPError(.expectationFailed, "expectation \"\(expectation)\" is not known")
    }
  }

  private static func check(encoding: String) throws(HTTPError) {
    guard ContentEncoding(field: encoding) != nil else {
      throw HTTPError(
        .unsupportedMediaType, "content encoding \"\(encoding)\" is not read",
        headers: ["Accept-Encoding": "gzip, deflate, identity"])
    }
  }

  private static func bodyLength(
    _ lengths: [String], _ encodings: [String], version: String
  ) throws(HTTPError) -> BodyLength {
    guard lengths.count <= 1 else {
      throw HTTPError(.badRequest, "header field \"Content-Length\" is given more than once")
    }
    guard lengths.isEmpty || encodings.isEmpty else {
      throw HTTPError(
        .badRequest, "both header fields \"Content-Length\" and \"Transfer-Encoding\" are given")
    }
    if !encodings.isEmpty {
      guard encodings.count == 1, encodings[0].lowercased() == "chunked", version != "HTTP/1.0"
      else { throw HTTPError(.badRequest, "transfer encoding is not \"chunked\"") }
      return .chunked
    }
    guard let text = lengths.first else { return .known(0) }
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let length = Int(text)
    else { throw HTTPError(.badRequest, "content length \"\(text)\" is not a number") }
    return .known(length)
  }

  /// Whether a byte may be in a header field's name (RFC 9110, `tchar`).
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  /// Whether a byte may be in a host and a port (RFC 3986, `host` and `port`).
  private static func isHostByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "-._~!$&'()*+,;=:%[]".utf8.contains(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default:
      false
    }
  }
}
