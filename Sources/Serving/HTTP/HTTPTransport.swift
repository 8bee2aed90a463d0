/// How a request is taken whose header has arrived.
package struct HTTPAdmission: Sendable {
  /// The most bytes that the body may have.
  package var bodyLimit: Int
  /// The route, where one was found.
  package var match: HTTPRouter.Match?

  /// An admission of its parts.
  package init(bodyLimit: Int, match: HTTPRouter.Match? = nil) {
    self.bodyLimit = bodyLimit
    self.match = match
  }
}

/// What a transport hands requests to.
package protocol HTTPService: Sendable {
  /// How a request is taken, or why it is refused before its body arrives; `known` is the route that
  /// an earlier request of the same method and path was admitted by.
  func admit(_ head: HTTPRequestHead, known: HTTPRouter.Match?) throws(HTTPError) -> HTTPAdmission

  /// Learns of a request that is refused before its body has arrived, or whose body never arrived;
  /// what cannot be read of its header is left out.
  func refused(_ head: HTTPRequestHead, with error: HTTPError)

  /// Learns the status of a request of which nothing can be read.
  func refused(_ status: HTTPStatus)

  /// Answers a request by calling `reply` once, at once or later and on any thread.
  func respond(to request: HTTPRequest, reply: @escaping @Sendable (HTTPResponse) -> Void)
}

extension HTTPService {
  package func refused(_ head: HTTPRequestHead, with error: HTTPError) {}

  package func refused(_ status: HTTPStatus) {}
}

/// Speaks HTTP on a socket, and guards the service from what should never reach it.
package protocol HTTPTransport: AnyObject, Sendable {
  /// Begins to listen.
  func start(_ service: any HTTPService) throws(TransportError) -> HTTPAddress

  /// How many connections are open.
  var connectionCount: Int { get }

  /// Has new connections speak TLS with other certificates; those that are open end once they have
  /// been answered. Does nothing where they are those that are there.
  func renew(_ security: TransportSecurity) throws(TransportError)

  /// Has every answer from now on close its connection, so that clients turn to others.
  func beginDraining()

  /// Stops listening, answers what has arrived, and stops. Requests that are not answered within
  /// the time are cut off; gives their number.
  func drain(seconds: Double) -> Int
}

/// Where a server listens.
package struct HTTPAddress: Equatable, Sendable, CustomStringConvertible {
  /// The host as configured.
  package let host: String
  /// The port, the real one where 0 was configured.
  package let port: Int
  /// Whether TLS is spoken.
  package var isSecure = false

  /// The address as a URL.
  package var description: String {
    let scheme = isSecure ? "https" : "http"
    return host.contains(":") ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)"
  }
}

/// Why a server cannot listen.
package enum TransportError: Error, Equatable, CustomStringConvertible {
  /// The host is neither an address nor a name that is known here.
  case unknownHost(String)
  /// The system refuses the address, with its reason.
  case cannotListen(host: String, port: Int, reason: String)
  /// The certificates and the key do not serve.
  case noSecurity
  /// The certificates or the key cannot be read.
  case unreadableSecurity(reason: String)
  /// The library that speaks HTTP cannot be loaded, with the loader's reason.
  case noLibrary(reason: String)

  /// What is wrong, in one line.
  package var description: String {
    switch self {
    case .unknownHost(let host):
      "host \"\(host)\" is not an address of this machine"
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \"\(host)\" port \(port): \(reason)"
    case .noSecurity:
      "TLS cannot be spoken: expected a chain of certificates and the first one's private key, both "
        + "in PEM form"
    case .unreadableSecurity(let reason):
      reason
    case .noLibrary(let reason):
      "the HTTP library cannot be loaded: \(reason)"
    }
  }
}
