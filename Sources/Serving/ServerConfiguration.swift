#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a server listens, what it lets through and how it stops.
package struct ServerConfiguration: Sendable {
  /// Where to listen, and the limits of connections.
  package var transport = TransportConfiguration()
  /// The threads that predict.
  package var workers = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  /// Reads the certificates and the key of TLS anew, if it is spoken.
  package var readSecurity: (@Sendable () throws(TransportError) -> TransportSecurity)?
  /// How predictions are computed together, and how many may wait.
  package var batching = BatchSettings()
  /// The most requests that wait for a worker to read them; a further one is answered with 503.
  package var queueLimit = 256
  /// The most bytes of a request's body.
  package var bodyLimit = 64 << 20
  /// The seconds from the signal to stop until connections are refused, in which the server says
  /// that it is not ready, so that a balancer sends nothing more.
  package var drainDelay = 0.0
  /// The seconds in which requests that have arrived are answered before the server stops.
  package var drainSeconds = 30.0
  /// What clients must show, if anything.
  package var token: AccessToken?
  /// Whether clients may read models anew and drop them; nil for those of this machine, or with the
  /// token.
  package var mayChangeModels: Bool?
  /// Which other sites' pages may ask, if any.
  package var crossOrigin: CrossOrigin?
  /// Where requests are logged, if anywhere.
  package var accessLog: AccessLog?
  /// Where events are logged, if anywhere.
  package var eventLog: EventLog?
  /// The version of the program.
  package var version = ""

  /// The default configuration: the port 8080 of this machine alone.
  package init() {}

  /// Whether clients may read models anew and drop them.
  var allowsChanges: Bool {
    mayChangeModels ?? (token != nil || transport.isLoopback)
  }
}
