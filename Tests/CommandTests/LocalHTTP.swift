import Foundation

/// Requests to a program on this machine, one connection each.
///
/// `URLSession` on Linux refuses the header fields that ChromeDriver sends.
struct LocalHTTP {
  /// The port of the program.
  let port: UInt16

  /// What went wrong, in one line.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// The body of the response to a request with a JSON body.
  func send(_ method: String, _ path: String, _ body: Data = Data()) throws -> Data {
    let handle = try open()
    defer { close(handle) }
    let head = """
      \(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n\
      Content-Length: \(body.count)\r\nConnection: close\r\n\r\n
      """
    try write(Data(head.utf8) + body, to: handle)
    var response = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let body = Self.body(of: response) { return body }
      let count = recv(handle, &buffer, buffer.count, 0)
      guard count > 0 else { throw Failure(description: "\(method) \(path): no whole response") }
      response += buffer[..<count]
    }
  }

  /// A socket that is connected to the program.
  func open() throws -> Int32 {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port.bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(handle)
      throw Failure(description: "nothing listens on port \(port)")
    }
    return handle
  }

  /// Sends bytes as they are.
  func write(_ data: Data, to handle: Int32) throws {
    var rest = [UInt8](data)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "the connection is broken") }
      rest = rest.dropFirst(count)
    }
  }

  /// The body, once as much has arrived as the header says.
  private static func body(of response: Data) -> Data? {
    guard let end = response.range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: response[..<end.lowerBound], as: UTF8.self).lowercased()
    guard let length = head.firstMatch(of: /content-length: *(\d+)/).flatMap({ Int($0.1) }),
      response.distance(from: end.upperBound, to: response.endIndex) >= length
    else { return nil }
    return response[end.upperBound...]
  }
}
