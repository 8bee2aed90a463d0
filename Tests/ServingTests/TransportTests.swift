import Foundation
import Serving
import Testing

@Suite("HTTP transport")
struct TransportTests {
  @Test("tells the real port and answers")
  func answers() throws {
    let server = try TestServer()
    #expect(server.address.port > 0)
    #expect(server.address.description == "http://127.0.0.1:\(server.address.port)")
    let response = try server.response(to: "GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(response.statusCode == 200)
    #expect(response.responseBody == "GET /a b 0")
    #expect(response.contains("X-Content-Type-Options: nosniff\r\n"))
  }

  @Test("keeps connections, takes pipelined requests in order, with and without bodies")
  func keepAlive() throws {
    let server = try TestServer(SlowService(delay: 0.01))
    let client = try server.connect()
    client.send(
      """
      GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n\
      abcPUT /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\
      \r\nHEAD /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n
      """)
    let (text, isClosed) = client.readToEnd()
    #expect(isClosed)
    let bodies = text.components(separatedBy: "\r\n\r\n").map { $0.prefix { $0 != "\r" } }
    #expect(bodies[1].hasPrefix("GET /1 0HTTP/1.1 200"))
    #expect(bodies[2].hasPrefix("POST /2 3HTTP/1.1 200"))
    #expect(bodies[3].hasPrefix("PUT /3 3HTTP/1.1 200"))
    #expect(bodies[4] == "", "an answer to HEAD has no body")
  }

  @Test("refuses an address that is not this machine's")
  func wrongHost() {
    #expect(throws: TransportError.unknownHost("no such host")) {
      _ = try TestServer { $0.host = "no such host" }
    }
    let taken = #expect(throws: TransportError.self) {
      _ = try TestServer { $0.host = "192.0.2.1" }
    }
    let reason = "cannot listen on \"192.0.2.1\" port 0: Cannot assign requested address"
    #expect(taken?.description == reason)
  }

  @Test("says why it cannot listen on a port that is taken")
  func takenPort() throws {
    let server = try TestServer()
    let error = #expect(throws: TransportError.self) {
      _ = try TestServer { $0.port = server.address.port }
    }
    #expect(error?.description.hasSuffix("Address already in use") == true)
  }

  @Test("goes on as it is where new certificates do not serve")
  func badCertificates() throws {
    let server = try TestServer()
    let client = try server.connect()
    let request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    for _ in 0..<3 {
      #expect(throws: TransportError.noSecurity) {
        try server.transport.renew(TransportSecurity(certificates: "none", key: "none"))
      }
      client.send(request)
      let response = client.readResponse()
      #expect(response.statusCode == 200 && !response.contains("Connection: close"))
      #expect(try server.response(to: request).statusCode == 200)
    }
  }

  // MARK: - Limits

  @Test("refuses a body that is too long before it is sent")
  func declaredLength() throws {
    let server = try TestServer()
    let client = try server.connect()
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
    let (text, isClosed) = client.readToEnd()
    #expect(text.statusCode == 413 && isClosed)
    #expect(
      text.responseBody == #"{"error":"the body is too large, expected at most 1000 bytes"}"#)
    let fits =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
      + String(repeating: "a", count: 1000)
    #expect(try server.response(to: fits).responseBody == "POST / 1000")
  }

  @Test("does not ask for a body that is too long")
  func expectContinue() throws {
    let server = try TestServer()
    let request = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
    #expect(try server.response(to: request + "5000\r\n\r\n").statusCode == 413)
    #expect(try server.response(to: request + "5\r\n\r\n").statusCode == 100)
  }

  @Test("refuses a body in chunks once it is too long, and cuts one without end")
  func chunkedLength() throws {
    let server = try TestServer()
    let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunk = "1f4\r\n" + String(repeating: "a", count: 500) + "\r\n"
    let fits = head + chunk + chunk + "0\r\n\r\n"
    #expect(try server.response(to: fits).responseBody == "POST / 1000")
    let exceeds = head + chunk + chunk + "1\r\na\r\n0\r\n\r\n"
    #expect(try server.response(to: exceeds).statusCode == 413)

    let client = try server.connect()
    client.send(head)
    let large = "10000\r\n" + String(repeating: "a", count: 65_536) + "\r\n"
    let sent = (0..<4000).prefix { _ in client.send(large) }.count
    #expect(sent < 4000, "the connection is cut")
  }

  @Test("takes a body in a great many chunks")
  func manyChunks() throws {
    let server = try TestServer(EchoService(limit: 1 << 20))
    let client = try server.connect()
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    let thousand = String(repeating: "1\r\na\r\n", count: 1000)
    for _ in 0..<100 { client.send(thousand) }
    client.send("0\r\n\r\n")
    #expect(client.readResponse(seconds: 30).responseBody == "POST / 100000")
  }

  @Test("holds no more bytes of bodies than the budget")
  func budget() throws {
    let server = try TestServer(EchoService(limit: 1 << 20)) { $0.bodyBudget = 100_000 }
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n"
    let first = try server.connect()
    first.send(head + String(repeating: "a", count: 80_000))
    Thread.sleep(forTimeInterval: 0.2)
    let refused = try server.response(to: head + String(repeating: "b", count: 90_000))
    #expect(refused.statusCode == 503)
    #expect(refused.contains("Retry-After: 1\r\n"))
    first.send(String(repeating: "a", count: 10_000))
    #expect(first.readResponse().responseBody == "POST / 90000")
    let accepted = try server.response(to: head + String(repeating: "b", count: 90_000))
    #expect(accepted.responseBody == "POST / 90000")
  }

  @Test("limits the header and the path")
  func headerLimit() throws {
    let server = try TestServer()
    let long = String(repeating: "a", count: 60_000)
    let header = try server.response(to: "GET / HTTP/1.1\r\nHost: x\r\nA: \(long)\r\n\r\n")
    #expect(header.statusCode == 431)
    let path = try server.response(to: "GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(path.statusCode == 414)
    #expect(server.transport.drain(seconds: 5) == 0, "no request is left over")
  }

  @Test("limits connections, and takes new ones when old ones are gone")
  func connectionLimit() throws {
    let server = try TestServer {
      $0.connectionLimit = 8
      $0.requestSeconds = 1
    }
    let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    let clients = try (0..<40).map { _ in try server.connect() }
    for client in clients { client.send(request) }
    Thread.sleep(forTimeInterval: 0.3)
    let answered = clients.filter { $0.readResponse(seconds: 0.02).statusCode == 200 }.count
    #expect((1...8).contains(answered))
    Thread.sleep(forTimeInterval: 1.6)
    let late = try server.connect()
    late.send(request)
    #expect(late.readResponse().statusCode == 200)
  }

  // MARK: - Time

  @Test(
    "cuts off a client that drips, in the header, the body or between requests",
    arguments: [
      "GET / HTTP/1.1\r\nHost: x\r\nA: ",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n", "",
    ])
  func drip(beginning: String) throws {
    let server = try TestServer {
      $0.requestSeconds = 1
      $0.leastSpeed = 1000
    }
    let client = try server.connect()
    client.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(client.readResponse().statusCode == 200)
    client.send(beginning)
    let start = Date()
    var isClosed = false
    while !isClosed, Date().timeIntervalSince(start) < 8 {
      if !beginning.isEmpty { client.send("a") }
      isClosed = client.readToEnd(seconds: 0.1).isClosed
    }
    #expect(isClosed)
    #expect(Date().timeIntervalSince(start) < 4)
    #expect(try server.response(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n").statusCode == 200)
  }

  @Test("leaves a client alone while the server works")
  func serverTime() throws {
    let server = try TestServer(SlowService(delay: 2.5)) { $0.requestSeconds = 1 }
    #expect(
      try server.response(to: "GET /a HTTP/1.1\r\nHost: x\r\n\r\n").responseBody == "GET /a 0")
  }

  // MARK: - Requests that two programs could read differently

  @Test(
    "refuses smuggled requests",
    arguments: [
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
      "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: me@x\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET /%00x HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /\u{0}x HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /%2e%2e/x HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /a\\b HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA\u{0}b: c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\u{0}c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\nC: \u{0}d\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\n: a\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\n:\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\n: a\r\nHost: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent: 1\r\n -Length\r\n\r\na",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",
    ])
  func smuggling(request: String) throws {
    let server = try TestServer()
    let client = try server.connect()
    client.send(request)
    let (text, isClosed) = client.readToEnd(seconds: 5)
    #expect(text.statusCode == 400, "\(text)")
    #expect(isClosed && !text.contains(" 200 "), "\(text)")
  }

  @Test("takes headers of any form that is allowed, in pieces, on one connection")
  func headers() throws {
    let server = try TestServer()
    let client = try server.connect()
    let many = (0..<200).map { "H\($0): v\($0)\r\n" }.joined()
    let forms = [
      "", "A: b \r\n", "A:\r\n", "A:   \r\nB:c\r\n", "A:\t b\tc\r\nCookie: a=b; c=d\r\n", many,
      "A: " + String(repeating: "b", count: 20_000) + "\r\n", "A: :\r\n", "A: b\r\n",
    ]
    for form in forms {
      let request = Array(
        "POST /a?b=%41&c HTTP/1.1\r\nHost: x\r\n\(form)Content-Length: 2\r\n\r\nhi".utf8)
      let size = max(7, request.count / 9)
      for start in stride(from: 0, to: request.count, by: size) {
        client.send(request[start..<min(start + size, request.count)])
        Thread.sleep(forTimeInterval: 0.005)
      }
      #expect(client.readResponse().responseBody == "POST /a 2")
    }
    client.send("GET /a HTTP/1.1\nHost: x\nA: b\n\n")
    #expect(client.readResponse().responseBody == "GET /a 0")
    #expect(try server.response(to: "GET /a HTTP/1.0\r\n\r\n").responseBody == "GET /a 0")
  }

  @Test(
    "survives what is not HTTP", arguments: ["GARBAGE\r\n\r\n", "\r\n\r\n", "\u{0}\u{1}\u{2}\n\n"])
  func garbage(text: String) throws {
    let server = try TestServer { $0.requestSeconds = 1 }
    let client = try server.connect()
    client.send(text)
    #expect(client.readToEnd().isClosed)
    #expect(try server.response(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n").statusCode == 200)
    #expect(server.transport.drain(seconds: 5) == 0, "no request is left over")
  }
}
