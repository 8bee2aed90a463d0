import Foundation
import Serving

/// Answers every request with its method, its path and the length of its body.
struct EchoService: HTTPService {
  var limit = 1000

  func admit(
    _ head: HTTPRequestHead, known: HTTPRouter.Match?
  ) throws(HTTPError) -> HTTPAdmission {
    HTTPAdmission(bodyLimit: limit)
  }

  func respond(to request: HTTPRequest, reply: @escaping @Sendable (HTTPResponse) -> Void) {
    reply(.echo(request))
  }
}

/// Answers later, from another thread; paths that begin with `/never` are not answered.
struct SlowService: HTTPService {
  private static let queue = DispatchQueue(label: "slow")
  var delay = 0.05

  func admit(
    _ head: HTTPRequestHead, known: HTTPRouter.Match?
  ) throws(HTTPError) -> HTTPAdmission {
    HTTPAdmission(bodyLimit: 1 << 20)
  }

  func respond(to request: HTTPRequest, reply: @escaping @Sendable (HTTPResponse) -> Void) {
    if request.path.hasPrefix("/never") { return }
    Self.queue.asyncAfter(deadline: .now() + delay) { reply(.echo(request)) }
  }
}

extension HTTPResponse {
  static func echo(_ request: HTTPRequest) -> HTTPResponse {
    let text = "\(request.method) \(request.path) \(request.body.bytes.count)"
    return HTTPResponse(.ok, headers: ["Content-Type": "text/plain"], body: Array(text.utf8))
  }
}

/// A transport that listens while a test runs.
final class TestServer {
  let transport: MicroHTTPServer
  let address: HTTPAddress

  init(
    _ service: any HTTPService = EchoService(),
    _ configure: (inout TransportConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = TransportConfiguration()
    configuration.port = 0
    configure(&configuration)
    transport = MicroHTTPServer(configuration)
    address = try transport.start(service)
  }

  func connect() throws -> RawClient { try RawClient(address) }

  /// The response to bytes sent on a connection of their own.
  func response(to text: String) throws -> String {
    let client = try connect()
    client.send(text)
    return client.readResponse()
  }
}
