import CMicroHTTPD

/// The functions that libmicrohttpd calls, on its threads; they find their way by the pointers it
/// keeps: the core for the daemon, a state for each connection, an exchange for each request.
enum Callbacks {
  static let begin:
    @Sendable @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?
    ) -> UnsafeMutableRawPointer? = { context, target, connection in
      guard let core = core(context), let connection else { return nil }
      let bytes = target.map { UnsafeRawBufferPointer(start: $0, count: strnlen($0, 1 << 20)) }
      let exchange = core.begin(target: bytes.map(Array.init) ?? [], connection: connection)
      return exchange.map { Unmanaged.passRetained($0).toOpaque() }
    }

  static let handle:
    @Sendable @convention(c) (
      UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
      UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafeMutablePointer<Int>?,
      UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result = { context, connection, url, method, version, upload, count, request in
      guard let core = core(context), let connection, let count, let method, let version,
        let exchange = request?.pointee.map({
          Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue()
        })
      else { return .NO }
      switch exchange.phase {
      case .line:
        exchange.isTargetCut = isCut(exchange.target, url: url, version: version)
        exchange.isHeaderCut = !cmhd_tells_whole_header(connection, method, version)
        return core.open(
          exchange, method: String(cString: method), version: String(cString: version),
          connection: connection)
      case .body where count.pointee > 0:
        let bytes = UnsafeRawBufferPointer(start: upload, count: count.pointee)
        count.pointee = 0
        return core.receive(bytes, of: exchange, connection: connection)
      case .body(let head):
        return core.answer(exchange, head, connection: connection)
      case .answering:
        return core.resume(exchange, connection: connection)
      }
    }

  static let complete:
    @Sendable @convention(c) (
      UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
      MHD_RequestTerminationCode
    ) -> Void = { context, _, request, _ in
      guard let core = core(context), let pointer = request?.pointee else { return }
      request?.pointee = nil
      let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
      core.end(exchange)
    }

  static let connection:
    @Sendable @convention(c) (
      UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
      MHD_ConnectionNotificationCode
    ) -> Void = { context, connection, slot, code in
      guard let core = core(context), let connection, let slot else { return }
      if code == .CONNECTION_NOTIFY_STARTED {
        let client = cmhd_client(connection).flatMap(SocketAddress.name(of:)) ?? ""
        let state = core.connected(socket: cmhd_socket(connection), from: client)
        slot.pointee = Unmanaged.passRetained(state).toOpaque()
      } else if let pointer = slot.pointee {
        slot.pointee = nil
        let state = Unmanaged<ConnectionState>.fromOpaque(pointer).takeRetainedValue()
        core.connections.remove(state)
      }
    }

  static let refused: @Sendable @convention(c) (UnsafeMutableRawPointer?, UInt32) -> Void = {
    context, status in
    core(context)?.refused(HTTPStatus(integerLiteral: Int(status)))
  }

  /// Whether the target was cut at a zero byte.
  ///
  /// libmicrohttpd keeps the request line in one piece, in which the version follows the target and
  /// a space; where there is more between them than the target, a zero byte has ended it early.
  private static func isCut(
    _ target: [UInt8], url: UnsafePointer<CChar>?, version: UnsafePointer<CChar>
  ) -> Bool {
    guard let url else { return true }
    let distance = Int(bitPattern: version) - Int(bitPattern: url)
    return distance > target.count + 1 && distance < 1 << 20
  }

  private static func core(_ context: UnsafeMutableRawPointer?) -> TransportCore? {
    context.map { Unmanaged<TransportCore>.fromOpaque($0).takeUnretainedValue() }
  }
}
