import CMicroHTTPD

extension HTTPHeaders {
  /// The header fields of a request, every one of them.
  init(of connection: OpaquePointer) throws(HTTPError) {
    var collected = Collected()
    withUnsafeMutablePointer(to: &collected) { collected in
      cmhd_each_header(connection, collect, collected)
    }
    guard !collected.isMalformed else {
      throw HTTPError(.badRequest, "the header is not UTF-8")
    }
    self = collected.headers
  }
}

private struct Collected {
  var headers: HTTPHeaders = [:]
  var isMalformed = false
}

private let collect:
  @Sendable @convention(c) (
    UnsafeMutableRawPointer?, MHD_ValueKind, UnsafePointer<CChar>?, Int, UnsafePointer<CChar>?, Int
  ) -> MHD_Result = { context, _, name, nameCount, value, valueCount in
    guard let collected = context?.assumingMemoryBound(to: Collected.self) else { return .NO }
    let name = UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameCount)
    let value = UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueCount)
    if let name = String(validating: name, as: UTF8.self),
      let value = String(validating: value, as: UTF8.self)
    {
      collected.pointee.headers.add(name, value)
    } else {
      collected.pointee.isMalformed = true
    }
    return .YES
  }
