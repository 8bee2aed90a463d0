import Foundation
import Serving
import Synchronization
import Testing

@Suite("Stopping a server")
struct DrainTests {
  @Test("answers every request that has arrived, then refuses connections")
  func drain() throws {
    let server = try TestServer(SlowService(delay: 0.6))
    let clients = try (0..<20).map { _ in try server.connect() }
    for (number, client) in clients.enumerated() {
      client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
    }
    Thread.sleep(forTimeInterval: 0.2)
    #expect(server.transport.drain(seconds: 10) == 0)
    for (number, client) in clients.enumerated() {
      let (text, isClosed) = client.readToEnd()
      #expect(text.responseBody == "GET /\(number) 0")
      #expect(text.contains("Connection: close") && isClosed)
    }
    #expect(throws: RawClient.ClientError.self) { try server.connect() }
  }

  @Test("cuts off requests that are not answered in time")
  func cut() throws {
    let server = try TestServer(SlowService())
    let client = try server.connect()
    client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
    Thread.sleep(forTimeInterval: 0.2)
    let start = Date()
    #expect(server.transport.drain(seconds: 0.3) == 1)
    #expect(Date().timeIntervalSince(start) < 2)
    #expect(client.readToEnd().text.statusCode == 503)
  }

  @Test("does not wait for idle connections, and can be stopped twice")
  func idle() throws {
    let server = try TestServer()
    let client = try server.connect()
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(client.readResponse().statusCode == 200)
    let start = Date()
    #expect(server.transport.drain(seconds: 10) == 0)
    #expect(server.transport.drain(seconds: 10) == 0)
    #expect(Date().timeIntervalSince(start) < 2)
  }

  @Test("does not wait for a header that stays half, nor for a body that does not come")
  func halfRequests() throws {
    let head = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
    for half in ["GET /a HTTP/1.1\r\nHost: x\r\n", head + "\r\n", head + "\r\nabc"] {
      let server = try TestServer {
        $0.lastHeaderSeconds = 0.3
        $0.lastBodySeconds = 0.3
      }
      let client = try server.connect()
      client.send(half)
      Thread.sleep(forTimeInterval: 0.2)
      let start = Date()
      #expect(server.transport.drain(seconds: 20) == 0)
      #expect(Date().timeIntervalSince(start) < 10, "\(half)")
      #expect(client.readToEnd().isClosed)
    }
  }

  @Test("waits for a body as long as it arrives, however long that takes")
  func slowBody() throws {
    let server = try TestServer {
      $0.lastHeaderSeconds = 0.3
      $0.lastBodySeconds = 5
    }
    let client = try server.connect()
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n")
    Thread.sleep(forTimeInterval: 0.2)
    let stopped = DispatchSemaphore(value: 0)
    let transport = server.transport
    Thread.detachNewThread {
      #expect(transport.drain(seconds: 60) == 0)
      stopped.signal()
    }
    for _ in 0..<12 {
      Thread.sleep(forTimeInterval: 0.1)
      client.send("x")
    }
    #expect(client.readToEnd().text.responseBody == "POST /a 12")
    stopped.wait()
  }

  @Test("answers who asks once more on a connection that was open, and closes it then")
  func lastCall() throws {
    let server = try TestServer()
    let client = try server.connect()
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(!client.readResponse().contains("Connection: close"))
    let stopped = DispatchSemaphore(value: 0)
    let transport = server.transport
    Thread.detachNewThread {
      #expect(transport.drain(seconds: 10) == 0)
      stopped.signal()
    }
    Thread.sleep(forTimeInterval: 0.03)
    client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
    let (text, isClosed) = client.readToEnd()
    #expect(text.statusCode == 200 && text.contains("Connection: close") && isClosed)
    stopped.wait()
  }

  @Test("has answers close their connections while it says that it is not ready")
  func delay() throws {
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    configuration.drainDelay = 1
    let server = Server(models: [StubModels.half], configuration)
    let address = try server.start()
    let client = try RawClient(address)
    client.send("GET /v2/health/ready HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(client.readResponse().statusCode == 200)
    let stopped = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      server.stop()
      stopped.signal()
    }
    Thread.sleep(forTimeInterval: 0.3)
    client.send("GET /v2/health/ready HTTP/1.1\r\nHost: x\r\n\r\n")
    let (text, isClosed) = client.readToEnd(seconds: 0.5)
    #expect(text.statusCode == 503 && text.contains("Connection: close") && isClosed)
    let later = try RawClient(address)
    later.send("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(later.readToEnd(seconds: 0.5).text.statusCode == 200)
    stopped.wait()
  }

  @Test("forgets clients that went away")
  func aborted() throws {
    let server = try TestServer(SlowService(delay: 0.3))
    for _ in 0..<50 {
      try server.connect().send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
      try server.connect().send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
    }
    Thread.sleep(forTimeInterval: 0.2)
    #expect(server.transport.drain(seconds: 10) == 0)
  }

  @Test("loses no request under load when it stops")
  func load() throws {
    let server = try TestServer(SlowService(delay: 0.005))
    let address = server.address
    let counts = Counts()
    let done = DispatchGroup()
    for _ in 0..<8 {
      done.enter()
      Thread.detachNewThread {
        // Asks on connections of their own until no more can be made.
        while let client = try? RawClient(address) {
          client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
          let isAnswered = client.readResponse().statusCode == 200
          counts.add(isAnswered: isAnswered)
        }
        done.leave()
      }
    }
    Thread.sleep(forTimeInterval: 0.5)
    #expect(server.transport.drain(seconds: 10) == 0)
    done.wait()
    #expect(counts.answered.load(ordering: .relaxed) > 8)
    // A connection that the system had accepted, but the server had not, is reset.
    #expect(counts.lost.load(ordering: .relaxed) <= 8)
  }
}

private final class Counts: Sendable {
  let answered = Atomic<Int>(0)
  let lost = Atomic<Int>(0)

  func add(isAnswered: Bool) {
    if isAnswered {
      answered.add(1, ordering: .relaxed)
    } else {
      lost.add(1, ordering: .relaxed)
    }
  }
}
