import CMicroHTTPD

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An address and a port to listen on.
struct SocketAddress: @unchecked Sendable {
  private let storage: sockaddr_storage

  /// The address of a host: in numbers, or a name that is known here.
  init(host: String, port: Int) throws(TransportError) {
    guard let service = UInt16(exactly: port) else {
      throw .cannotListen(host: host, port: port, reason: "the port is not between 0 and 65535")
    }
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(service), &hints, &list) == 0, let first = list?.pointee,
      let address = first.ai_addr
    else { throw .unknownHost(host) }
    defer { freeaddrinfo(list) }
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.copyMemory(
        from: UnsafeRawBufferPointer(start: address, count: Int(first.ai_addrlen)))
    }
    self.storage = storage
  }

  /// An IP address in numbers; one of version 4 is so also where it comes in version 6's form.
  static func name(of address: UnsafePointer<sockaddr>) -> String? {
    let isV6 = Int32(address.pointee.sa_family) == AF_INET6
    let size = isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    guard
      getnameinfo(
        address, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
    else { return nil }
    let name = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let mapped = "::ffff:"
    return name.hasPrefix(mapped) && name.contains(".")
      ? String(name.dropFirst(mapped.count)) : name
  }

  /// Calls `body` with the address as the system's functions take it.
  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
    withUnsafePointer(to: storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
    }
  }
}
