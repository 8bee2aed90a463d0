import Serving
import Testing

/// Answers with a name and what the route's pattern left open.
private struct Named: HTTPHandler {
  let name: String

  func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    let parameters = request.parameters.map { "\($0)=\($1)" }.sorted()
    return HTTPResponse(.ok, body: Array(([name] + parameters).joined(separator: " ").utf8))
  }
}

@Suite("Routes")
struct RouterTests {
  let router = HTTPRouter([
    HTTPRoute("GET", "/", on: .connection, Named(name: "root")),
    HTTPRoute("POST", "/", on: .worker, Named(name: "post")),
    HTTPRoute("GET", "/api/{a}/x/{b}", on: .connection, Named(name: "two")),
    HTTPRoute(nil, "/v1/*", on: .worker, Named(name: "rest")),
  ])

  @Test(
    "lead to their handlers",
    arguments: [
      ("GET", "/", "root"), ("HEAD", "/", "root"), ("POST", "/", "post"),
      ("GET", "/api/1/x/b c", "two a=1 b=b c"), ("DELETE", "/v1/", "rest"),
      ("GET", "/v1/a/b", "rest"),
    ])
  func found(method: String, path: String, answer: String) {
    #expect(router.respond(HTTPRequest(method, path)).text == answer)
  }

  @Test(
    "answer 404 where there is none",
    arguments: ["/api//x/b", "/api/1/x", "/v1", "/api/1/x/b/", ""])
  func missing(path: String) {
    let response = router.respond(HTTPRequest("GET", path))
    #expect(response.status == .notFound)
    #expect(response.text == #"{"error":"there is nothing at \"\#(path)\""}"#)
  }

  @Test("answer 405 and what is allowed where the method is another")
  func wrongMethod() {
    let response = router.respond(HTTPRequest("DELETE", "/"))
    #expect(response.status == .methodNotAllowed)
    #expect(response.headers["Allow"] == "GET, HEAD, POST")
    #expect(response.text == #"{"error":"\"/\" takes GET, HEAD, POST, not DELETE"}"#)
  }
}
