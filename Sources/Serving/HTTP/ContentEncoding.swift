import CZlib

/// How a body is compressed.
enum ContentEncoding: String, CaseIterable {
  case gzip
  case deflate
  case identity

  /// The encoding of a header field's value, whose names have no case; nil for another one.
  init?(field: String) {
    switch field.lowercased() {
    case "gzip", "x-gzip": self = .gzip
    case "deflate": self = .deflate
    case "identity", "": self = .identity
    default: return nil
    }
  }

  /// The body as it was before it was compressed, which has at most `limit` bytes.
  func decoded(_ body: HTTPBody, limit: Int) throws(HTTPError) -> HTTPBody {
    if self == .identity { return body }
    var stream = z_stream()
    // 15 is the largest window; 32 more finds out whether it is gzip or zlib.
    guard kzlib_begin(&stream, 15 + 32) == Z_OK else {
      throw HTTPError(.unavailable, "out of memory")
    }
    defer { inflateEnd(&stream) }
    let result = HTTPBody(capacity: min(limit, body.bytes.count * 4))
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { piece.deallocate() }
    stream.next_in = UnsafeMutablePointer(
      mutating: body.bytes.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(body.bytes.count)
    while true {
      stream.next_out = piece.bindMemory(to: UInt8.self).baseAddress
      stream.avail_out = UInt32(piece.count)
      let status = inflate(&stream, Z_NO_FLUSH)
      guard status == Z_OK || status == Z_STREAM_END else {
        throw HTTPError(.badRequest, "the body is not \(rawValue), or is cut off")
      }
      let count = piece.count - Int(stream.avail_out)
      guard result.bytes.count + count <= limit else {
        throw HTTPError(
          .contentTooLarge, "the decompressed body is too large, expected at most \(limit) bytes")
      }
      result.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      guard status == Z_STREAM_END else { continue }
      if stream.avail_in == 0 { return result }
      // Data of gzip may follow each other (RFC 1952).
      guard self == .gzip, inflateReset(&stream) == Z_OK else {
        throw HTTPError(.badRequest, "something follows the \(rawValue) data in the body")
      }
    }
  }
}

extension HTTPRequest {
  /// Whether the body is compressed.
  var isEncoded: Bool { headers["Content-Encoding"].map { $0.lowercased() != "identity" } ?? false }

  /// The request with its body decompressed.
  func decoded(limit: Int) throws(HTTPError) -> HTTPRequest {
    guard let field = headers["Content-Encoding"], let encoding = ContentEncoding(field: field),
      encoding != .identity
    else { return self }
    var request = HTTPRequest(head: head, body: try encoding.decoded(body, limit: limit))
    request.parameters = parameters
    request.isAbandoned = isAbandoned
    return request
  }
}
