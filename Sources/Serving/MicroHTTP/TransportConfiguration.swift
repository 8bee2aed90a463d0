/// What a transport listens on and lets through.
package struct TransportConfiguration: Sendable {
  /// An address or a name of this machine.
  package var host = "127.0.0.1"
  /// The port; 0 for any that is free.
  package var port = 8080
  /// The threads that speak to clients.
  package var threadCount = 2
  /// The most connections at a time.
  package var connectionLimit = 16_384
  /// The most connections from one address at a time, or 0 for no such limit.
  package var connectionsPerAddress = 0
  /// The most bytes of a request's line and header.
  package var headerLimit = 32_768
  /// The most bytes of all bodies that are held at a time.
  package var bodyBudget = 256 << 20
  /// The seconds in which a header must arrive, and a connection may be idle.
  package var requestSeconds = 30.0
  /// The least speed, in bytes per second, at which bodies are sent and responses taken, beyond
  /// the seconds of a request.
  package var leastSpeed = 16_384
  /// The seconds that a header which has begun to arrive has left once the server stops.
  package var lastHeaderSeconds = 1.0
  /// The seconds that a body may pause once the server stops.
  package var lastBodySeconds = 5.0

  /// The certificates and the key of TLS, if it is spoken.
  package var tls: TransportSecurity?

  /// The default configuration.
  package init() {}

  /// Whether only this machine can connect.
  var isLoopback: Bool {
    host == "localhost" || host == "::1" || host == "127.0.0.1" || host.hasPrefix("127.")
  }
}

/// What TLS needs.
package struct TransportSecurity: Equatable, Sendable {
  /// The chain of certificates, the server's first, in PEM form.
  package let certificates: String
  /// The private key in PEM form.
  package let key: String

  /// What TLS needs, in PEM form.
  package init(certificates: String, key: String) {
    self.certificates = certificates
    self.key = key
  }
}
