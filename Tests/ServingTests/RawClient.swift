import Foundation
import Serving

/// A client that sends bytes as they are and keeps what comes back.
final class RawClient {
  private let socket: Int32

  /// Connects to an address, which is this machine's.
  init(_ address: HTTPAddress) throws {
    let handle = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = in_port_t(UInt16(address.port).bigEndian)
    target.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &target) { target in
      target.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(handle)
      throw ClientError.refused
    }
    socket = handle
  }

  deinit {
    close(socket)
  }

  enum ClientError: Error {
    case refused
  }

  /// Sends bytes; false where the other side does not take them.
  @discardableResult
  func send(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(text.utf8) }

  /// What arrives until the other side closes, or until the time is over.
  func readToEnd(seconds: Double = 10) -> (text: String, isClosed: Bool) {
    read(seconds: seconds) { _ in false }
  }

  /// A response whose length its header tells, and nothing more.
  func readResponse(seconds: Double = 10) -> String {
    read(seconds: seconds) { text in
      guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
      let header = text[..<end.lowerBound].lowercased()
      guard let field = header.firstRange(of: "content-length: ") else { return true }
      let digits = header[field.upperBound...].prefix { $0.isNumber }
      return text[end.upperBound...].utf8.count >= (Int(digits) ?? 0)
    }.0
  }

  /// A response's header, and as much of its body as comes with it.
  func readHead(seconds: Double = 10) -> String {
    read(seconds: seconds) { $0.contains("\r\n\r\n") }.0
  }

  private func read(seconds: Double, until isDone: (String) -> Bool) -> (String, Bool) {
    let end = Date().addingTimeInterval(seconds)
    var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      let left = Int32(end.timeIntervalSinceNow * 1000)
      guard !isDone(text), left > 0 else { return (text, false) }
      var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, left) > 0 else { return (text, false) }
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return (text, true) }
      bytes += buffer[..<count]
    }
  }
}

extension String {
  /// The status code of a response.
  var statusCode: Int? {
    hasPrefix("HTTP/1.1 ") ? Int(dropFirst(9).prefix(3)) : nil
  }

  /// What follows the header of a response.
  var responseBody: String {
    firstRange(of: "\r\n\r\n").map { String(self[$0.upperBound...]) } ?? ""
  }
}
