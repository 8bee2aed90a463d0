import Foundation
import Inference
import Serving
import Synchronization
import Tensors
import Testing

@Suite("The whole server")
struct ServerTests {
  private func configuration() -> ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    return configuration
  }

  private func response(_ address: HTTPAddress, _ request: String) throws -> String {
    let client = try RawClient(address)
    client.send(request)
    return client.readResponse()
  }

  private func get(_ address: HTTPAddress, _ path: String) throws -> String {
    try response(address, "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
  }

  private static func predict(_ body: String) -> String {
    "POST /v1/models/half:predict HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
      + body
  }

  @Test("answers under each of its paths")
  func paths() throws {
    let server = Server(models: [StubModels.half, StubModels.digit], configuration())
    let address = try server.start()
    #expect(try get(address, "/").responseBody.hasPrefix("<!doctype html>"))
    #expect(try get(address, "/api/models").responseBody.hasPrefix(#"{"models":[{"name":"half""#))
    #expect(try get(address, "/v2/health/live").responseBody == #"{"live":true}"#)
    #expect(try get(address, "/v2/health/ready").responseBody == #"{"ready":true,"live":true}"#)
    #expect(try get(address, "/v1/models/half").statusCode == 200)
    #expect(try get(address, "/v1/models/none").statusCode == 404)
    #expect(try get(address, "/nothing").statusCode == 404)
    #expect(
      try response(address, "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n").contains(
        "Allow: GET, HEAD, POST"))
    #expect(
      try response(address, Self.predict(#"{"instances":[[1,2]]}"#)).responseBody
        == #"{"predictions":[[2.5,3.0]]}"#)
    #expect(
      try response(
        address, "POST /api/models/digit/digit HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
      ).statusCode == 400)
    #expect(server.stop() == 0)
  }

  @Test("tells who asks before sending a body that there is nothing to send it to")
  func expectation() throws {
    let server = Server(models: [StubModels.half], configuration())
    let address = try server.start()
    func ask(_ path: String) throws -> String {
      try response(
        address,
        "POST \(path) HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    }
    #expect(try ask("/nothing").statusCode == 404)
    #expect(try ask("/v2/models/half").statusCode == 405)
    #expect(try ask("/v2/models/half/infer").statusCode == 100)
    server.stop()
  }

  @Test("limits pictures more than other bodies")
  func pictureLimit() throws {
    var configuration = configuration()
    configuration.drainSeconds = 0.1
    let server = Server(models: [StubModels.digit], configuration)
    let address = try server.start()
    let head = "HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n"
    #expect(try response(address, "POST / \(head)").statusCode == 413)
    #expect(try response(address, "POST /api/models/digit/digit \(head)").statusCode == 413)
    let client = try RawClient(address)
    client.send("POST /v1/models/digit:predict \(head)")
    #expect(client.readToEnd(seconds: 0.3).text == "")
    #expect(server.stop() == 1, "the body that was asked for has not come")
  }

  @Test("answers 503 at once when too many requests wait, and health all the while")
  func overload() throws {
    let gate = DispatchSemaphore(value: 0)
    let model = ServedModel(
      name: "half", inputs: StubModels.half.inputs, outputs: StubModels.half.outputs
    ) { inputs throws(PredictionError) in
      gate.wait()
      return inputs
    }
    var configuration = configuration()
    configuration.workers = 1
    configuration.batching.queueLimit = 2
    let server = Server(models: [model], configuration)
    let address = try server.start()
    let request = Self.predict(#"{"instances":[[1,2]]}"#)

    let first = try RawClient(address)
    first.send(request)
    Thread.sleep(forTimeInterval: 0.2)
    let waiting = try (0..<2).map { _ in try RawClient(address) }
    for client in waiting { client.send(request) }
    Thread.sleep(forTimeInterval: 0.2)
    let refused = try response(address, request)
    #expect(refused.statusCode == 503 && refused.contains("Retry-After: 1\r\n"))
    #expect(refused.responseBody == #"{"error":"the server is busy, try again later"}"#)
    #expect(try get(address, "/v2/health/ready").statusCode == 200)
    #expect(try get(address, "/v1/models/half").statusCode == 200)

    for _ in 0..<3 { gate.signal() }
    for client in [first] + waiting { #expect(client.readResponse().statusCode == 200) }
    #expect(server.stop() == 0)
  }

  @Test("is not ready while it is about to stop, but answers")
  func readiness() throws {
    var configuration = configuration()
    configuration.drainDelay = 0.6
    let server = Server(models: [StubModels.half], configuration)
    let address = try server.start()
    let stopped = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      server.stop()
      stopped.signal()
    }
    Thread.sleep(forTimeInterval: 0.2)
    #expect(try get(address, "/v2/health/ready").statusCode == 503)
    #expect(try get(address, "/v2/health/live").statusCode == 200)
    #expect(
      try response(address, Self.predict(#"{"instances":[[1,2]]}"#)).statusCode == 200)
    stopped.wait()
    #expect(throws: RawClient.ClientError.self) { try RawClient(address) }
  }

  @Test("tells an input that does not fit from a fault of its own")
  func faults() throws {
    let problem = PredictionError.unknownValue("z")
    let model = ServedModel(
      name: "half", inputs: StubModels.half.inputs, outputs: StubModels.half.outputs
    ) { inputs throws(PredictionError) in
      throw problem
    }
    let server = Server(models: [model], configuration())
    let address = try server.start()
    let text = try response(address, Self.predict(#"{"instances":[[1,2]]}"#))
    #expect(text.statusCode == 500)
    server.stop()
  }
}
