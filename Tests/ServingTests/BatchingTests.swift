import Foundation
import Inference
import Serving
import Synchronization
import Tensors
import Testing

@Suite("Batching")
struct BatchingTests {
  /// A model that doubles numbers once its gate is open, and notes the sizes of its batches.
  private final class Gated: Sendable {
    let gate = DispatchSemaphore(value: 0)
    let sizes = Mutex<[Int]>([])

    func model(isBatchable: Bool = true) -> ServedModel {
      ServedModel(
        name: "gated",
        inputs: [ModelPort(name: "x", shape: [nil, nil], elementType: .float32)],
        outputs: [ModelPort(name: "y", shape: [nil, nil], elementType: .float32)],
        isBatchable: isBatchable
      ) { [self] inputs throws(PredictionError) in
        sizes.withLock { $0.append(inputs[0].shape[0]) }
        if inputs[0].shape[0] == 1 { gate.wait() }
        return [Tensor(inputs[0].shape, inputs[0].elements(as: Float.self).map { $0 * 2 })]
      }
    }
  }

  private func server(
    _ model: ServedModel, _ change: (inout ServerConfiguration) -> Void = { _ in }
  ) -> Server {
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    configuration.workers = 1
    change(&configuration)
    return Server(models: [model], configuration)
  }

  private static func request(_ rows: String) -> String {
    let body = #"{"instances":\#(rows)}"#
    return "POST /v1/models/gated:predict HTTP/1.1\r\nHost: x\r\nContent-Length: "
      + "\(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test("computes what waits together, in order, and gives everyone what is theirs")
  func together() throws {
    let gated = Gated()
    let server = server(gated.model())
    let address = try server.start()
    let clients = try (0..<6).map { _ in try RawClient(address) }
    clients[0].send(Self.request("[[1]]"))
    Thread.sleep(forTimeInterval: 0.2)
    // Two items of one request, one, one, and one of another size.
    let rows = ["[[2],[3]]", "[[4]]", "[[5]]", "[[6,7]]", "[[8]]"]
    for (client, rows) in zip(clients.dropFirst(), rows) {
      client.send(Self.request(rows))
      Thread.sleep(forTimeInterval: 0.05)
    }
    for _ in 0..<3 { gated.gate.signal() }
    let answers = clients.map { $0.readResponse().responseBody }
    let expected = [
      "[[2.0]]", "[[4.0],[6.0]]", "[[8.0]]", "[[10.0]]", "[[12.0,14.0]]", "[[16.0]]",
    ]
    #expect(answers == expected.map { #"{"predictions":\#($0)}"# })
    #expect(gated.sizes.withLock { $0 } == [1, 4, 1, 1])
    server.stop()
  }

  @Test("waits for others no longer than it is told to")
  func delay() throws {
    let gated = Gated()
    let server = server(gated.model()) { configuration in
      configuration.batching.delayMicroseconds = 300_000
      configuration.batching.largestBatch = 2
    }
    let address = try server.start()
    let clients = try (0..<3).map { _ in try RawClient(address) }
    let start = Date()
    for client in clients.prefix(2) { client.send(Self.request("[[1]]")) }
    for client in clients.prefix(2) { #expect(client.readResponse().statusCode == 200) }
    #expect(Date().timeIntervalSince(start) < 0.25, "a full batch waits for nobody")
    gated.gate.signal()
    clients[2].send(Self.request("[[1]]"))
    #expect(clients[2].readResponse().statusCode == 200)
    #expect(gated.sizes.withLock { $0 } == [2, 1])
    server.stop()
  }

  @Test("does not compute for a client that has gone away")
  func abandoned() throws {
    let gated = Gated()
    let server = server(gated.model(isBatchable: false))
    let address = try server.start()
    let first = try RawClient(address)
    first.send(Self.request("[[1]]"))
    Thread.sleep(forTimeInterval: 0.1)
    try RawClient(address).send(Self.request("[[2]]"))
    Thread.sleep(forTimeInterval: 0.2)
    gated.gate.signal()
    #expect(first.readResponse().statusCode == 200)
    server.stop()
    #expect(gated.sizes.withLock { $0.count } == 1)
  }

  @Test("refuses at once what would take long to read, where the queue is full")
  func fullBeforeReading() throws {
    let gated = Gated()
    let server = server(gated.model()) { $0.batching.queueLimit = 1 }
    let address = try server.start()
    let clients = try (0..<3).map { _ in try RawClient(address) }
    clients[0].send(Self.request("[[1]]"))
    Thread.sleep(forTimeInterval: 0.2)
    // Beyond what is read on the connection's own thread, while the only worker computes.
    let large = Self.request("[[" + String(repeating: "2,", count: 20_000) + "2]]")
    clients[1].send(large)
    Thread.sleep(forTimeInterval: 0.2)
    clients[2].send(large)
    let refusal = clients[2].readResponse(seconds: 5)
    #expect(refusal.statusCode == 503)
    #expect(refusal.contains("Retry-After"))
    for _ in 0..<3 { gated.gate.signal() }
    #expect(clients[0].readResponse().statusCode == 200)
    #expect(clients[1].readResponse().statusCode == 200)
    clients[2].send(large)
    #expect(clients[2].readResponse().statusCode == 200)
    server.stop()
  }

  @Test("gives the place back of a request that turns out to be malformed")
  func placeOfMalformed() throws {
    let gated = Gated()
    let server = server(gated.model()) { $0.batching.queueLimit = 1 }
    let address = try server.start()
    gated.gate.signal()
    for _ in 0..<3 {
      let client = try RawClient(address)
      client.send(Self.request("[[" + String(repeating: "2,", count: 20_000) + "]]"))
      #expect(client.readResponse().statusCode == 400)
    }
    let client = try RawClient(address)
    client.send(Self.request("[[1]]"))
    #expect(client.readResponse().statusCode == 200)
    server.stop()
  }

  @Test("answers 504 where a request has waited too long")
  func late() throws {
    let gated = Gated()
    let server = server(gated.model()) { $0.batching.timeoutMilliseconds = 100 }
    let address = try server.start()
    let clients = try (0..<2).map { _ in try RawClient(address) }
    clients[0].send(Self.request("[[1]]"))
    Thread.sleep(forTimeInterval: 0.05)
    clients[1].send(Self.request("[[2]]"))
    Thread.sleep(forTimeInterval: 0.3)
    gated.gate.signal()
    #expect(clients[0].readResponse().statusCode == 200)
    let answer = clients[1].readResponse()
    #expect(answer.statusCode == 504)
    #expect(answer.responseBody == #"{"error":"Request timeout expired"}"#)
    server.stop()
  }

  @Test("stops in time although a model still computes")
  func cutOff() throws {
    let gated = Gated()
    let server = server(gated.model()) { $0.drainSeconds = 0.3 }
    let address = try server.start()
    let clients = try (0..<3).map { _ in try RawClient(address) }
    for client in clients {
      client.send(Self.request("[[1]]"))
      Thread.sleep(forTimeInterval: 0.1)
    }
    let stopped = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      #expect(server.stop() == 3)
      stopped.signal()
    }
    #expect(stopped.wait(timeout: .now() + 10) == .success)
    #expect(clients.allSatisfy { $0.readResponse().statusCode == 503 })
    for _ in 0..<3 { gated.gate.signal() }
    Thread.sleep(forTimeInterval: 0.3)
    #expect(gated.sizes.withLock { $0.count } == 1, "what waits is not computed any more")
  }

  @Test("computes one by one where a batch fails")
  func oneByOne() throws {
    let gate = DispatchSemaphore(value: 0)
    let model = ServedModel(
      name: "gated", inputs: [ModelPort(name: "x", shape: [nil, 1], elementType: .float32)],
      outputs: [ModelPort(name: "y", shape: [nil, 1], elementType: .float32)], isBatchable: true
    ) { inputs throws(PredictionError) in
      let numbers = inputs[0].elements(as: Float.self)
      if numbers == [0] { gate.wait() }
      if numbers.contains(2) { throw .unknownValue("2") }
      return inputs
    }
    let server = server(model)
    let address = try server.start()
    let clients = try (0..<3).map { _ in try RawClient(address) }
    for (index, client) in clients.enumerated() {
      client.send(Self.request("[[\(index == 0 ? 0 : index + 1)]]"))
      Thread.sleep(forTimeInterval: 0.1)
    }
    gate.signal()
    #expect(clients.map { $0.readResponse().statusCode } == [200, 500, 200])
    server.stop()
  }

  @Test("lets a client shorten the time that the server gives it, and not lengthen it")
  func timeouts() {
    var settings = BatchSettings()
    #expect(settings.timeout(wanted: nil) == 0)
    #expect(settings.timeout(wanted: 7) == 7)
    settings.timeoutMilliseconds = 2
    #expect(settings.timeout(wanted: nil) == 2000)
    #expect(settings.timeout(wanted: 0) == 2000)
    #expect(settings.timeout(wanted: 1999) == 1999)
    #expect(settings.timeout(wanted: .max) == 2000)
  }
}
