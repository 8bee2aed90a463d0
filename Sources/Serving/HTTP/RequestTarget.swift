/// Reads the target of a request line: the path, percent-decoded, and nothing that could mean
/// something else to another program.
package enum RequestTarget {
  /// The path of a target such as `/v1/models?x=1`, or an error that says what is wrong with it.
  package static func path(_ target: some Collection<UInt8>) throws(HTTPError) -> String {
    if isPlain(target) { return String(decoding: target, as: UTF8.self) }
    var bytes = Array(target)
    for scheme in ["http://", "https://"] where bytes.starts(with: scheme.utf8) {
      // A target that names the host, as proxies receive it.
      let authority = bytes.dropFirst(scheme.utf8.count)
      bytes = Array(authority.drop { $0 != UInt8(ascii: "/") })
    }
    guard bytes.first == UInt8(ascii: "/") else { throw malformed("it does not begin with \"/\"") }
    let decoded = try percentDecoded(bytes.prefix { $0 != UInt8(ascii: "?") })
    guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      throw malformed("it holds a control character")
    }
    guard let path = String(validating: decoded, as: UTF8.self) else {
      throw malformed("it is not UTF-8")
    }
    guard !path.utf8.contains(UInt8(ascii: "\\")) else { throw malformed("it holds a backslash") }
    guard !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
      throw malformed("it holds a relative segment")
    }
    return path
  }

  /// Whether a target is a path that means what it says: letters, digits and few signs, no two of
  /// which follow each other.
  private static func isPlain(_ target: some Collection<UInt8>) -> Bool {
    guard target.first == UInt8(ascii: "/") else { return false }
    var isAfterSign = false
    for byte in target {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        isAfterSign = false
      case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"):
        if isAfterSign { return false }
        isAfterSign = true
      default:
        return false
      }
    }
    return true
  }

  private static func percentDecoded(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      guard bytes[index] == UInt8(ascii: "%") else {
        decoded.append(bytes[index])
        index += 1
        continue
      }
      guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]),
        let low = digit(bytes[index + 2])
      else { throw malformed("a percent sign is not followed by two hexadecimal digits") }
      decoded.append(high << 4 | low)
      index += 3
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func malformed(_ reason: String) -> HTTPError {
    HTTPError(.badRequest, "malformed request target: \(reason)")
  }
}
