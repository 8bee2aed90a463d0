/// What clients must show: `Authorization: Bearer TOKEN`, or the token as the password of any name,
/// which browsers ask for.
package struct AccessToken: Sendable {
  private let token: [UInt8]

  /// A token; nil where it is empty or holds what cannot stand in a header.
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
    token = Array(text.utf8)
  }

  /// Throws where a request does not show the token.
  func check(_ headers: HTTPHeaders) throws(HTTPError) {
    guard let field = headers["Authorization"] else { throw Self.missing }
    let parts = field.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { throw Self.missing }
    switch parts[0].lowercased() {
    case "bearer":
      guard matches(Array(parts[1].utf8)) else { throw Self.wrong }
    case "basic":
      guard let pair = Base64.decode(Array(parts[1].utf8)),
        let colon = pair.firstIndex(of: UInt8(ascii: ":")), matches(Array(pair[(colon + 1)...]))
      else { throw Self.wrong }
    default:
      throw Self.missing
    }
  }

  /// Compares in a time that does not tell how much of the token is right.
  private func matches(_ given: [UInt8]) -> Bool {
    var difference = given.count ^ token.count
    for (index, byte) in given.enumerated() {
      difference |= Int(byte ^ token[index % token.count])
    }
    return difference == 0
  }

  private static let missing = refusal("this server asks for a token")
  private static let wrong = refusal("the token is not the one that this server asks for")

  private static func refusal(_ message: String) -> HTTPError {
    HTTPError(
      .unauthorized, message,
      headers: ["WWW-Authenticate": "Basic realm=\"keraskit\", charset=\"UTF-8\", Bearer"])
  }
}
