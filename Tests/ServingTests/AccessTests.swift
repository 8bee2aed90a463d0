import Foundation
import ModelFormat
import Testing

@testable import Serving

@Suite("Access")
struct AccessTests {
  private func response(_ address: HTTPAddress, _ path: String, _ field: String = "") throws
    -> String
  {
    let client = try RawClient(address)
    client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\(field)\r\n")
    return client.readResponse()
  }

  @Test("needs the token where there is one, but for health")
  func token() throws {
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    configuration.token = AccessToken("sesame")
    let server = Server(models: [StubModels.half], configuration)
    let address = try server.start()
    let none = try response(address, "/v2")
    #expect(none.statusCode == 401)
    #expect(none.contains("WWW-Authenticate: Basic"))
    #expect(try response(address, "/v2/health/ready").statusCode == 200)
    let bearer = { (token: String) in "Authorization: Bearer \(token)\r\n" }
    #expect(try response(address, "/v2", bearer("sesame")).statusCode == 200)
    for wrong in ["sesam", "sesamee", "", "Sesame", "x"] {
      #expect(try response(address, "/v2", bearer(wrong)).statusCode == 401)
    }
    let basic = Data("me:sesame".utf8).base64EncodedString()
    #expect(try response(address, "/v2", "Authorization: Basic \(basic)\r\n").statusCode == 200)
    #expect(try response(address, "/metrics").statusCode == 401)
    server.stop()
  }

  @Test("takes no token that cannot stand in a header", arguments: ["", "a b", "ä", "a\n"])
  func noToken(text: String) {
    #expect(AccessToken(text) == nil)
  }

  @Test("logs which models clients load and unload")
  func changes() throws {
    let path = NSTemporaryDirectory() + "keraskit-log-\(UUID().uuidString)"
    defer { unlink(path) }
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    configuration.eventLog = EventLog(try LogFile(path: path))
    let server = Server(models: [StubModels.half], configuration)
    let address = try server.start()
    for change in ["half/unload", "half/load", "none/load"] {
      let client = try RawClient(address)
      client.send(
        "POST /v2/repository/models/\(change) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
          + "Content-Length: 0\r\n\r\n")
      #expect(client.readResponse().statusCode == (change == "none/load" ? 400 : 200))
    }
    server.stop()
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let expected = [
      ("unloaded", #"model \"half\", asked by 127.0.0.1"#),
      ("loaded", #"model \"half\", asked by 127.0.0.1"#),
      ("load_failed", #"model \"none\" is not known, asked by 127.0.0.1"#),
    ]
    for (event, message) in expected {
      #expect(
        lines.contains { $0.contains(#""event":"\#(event)","message":"\#(message)""#) }, "\(lines)")
    }
  }

  @Test("logs each request on a line of JSON")
  func log() throws {
    let path = NSTemporaryDirectory() + "keraskit-log-\(UUID().uuidString)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer {
      close(descriptor)
      unlink(path)
    }
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    configuration.accessLog = AccessLog(LogFile(descriptor: descriptor))
    let server = Server(models: [StubModels.half], configuration)
    let address = try server.start()
    #expect(try response(address, "/v2").statusCode == 200)
    #expect(try response(address, "/no%22thing").statusCode == 404)
    #expect(try response(address, "/%00").statusCode == 400)
    let twoHosts = try RawClient(address)
    twoHosts.send("PUT /v2/x%20y HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")
    #expect(twoHosts.readResponse().statusCode == 400)
    do {
      let gone = try RawClient(address)
      gone.send("POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
      Thread.sleep(forTimeInterval: 0.2)
    }
    Thread.sleep(forTimeInterval: 0.8)
    server.stop()
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let entries = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(entries.map { $0["status"] as? Int } == [200, 404, 400, 400, 499])
    #expect(
      entries.map { $0["path"] as? String } == ["/v2", "/no\"thing", "/%00", "/v2/x y", "/late"])
    #expect(entries.map { $0["method"] as? String } == ["GET", "GET", "GET", "PUT", "POST"])
    #expect(entries.allSatisfy { $0["client"] as? String == "127.0.0.1" })
    let time = try #require(entries[0]["time"] as? String)
    #expect(time.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
  }

  @Test("writes to a new file once a log is moved away and opened anew")
  func reopenedLog() throws {
    let path = NSTemporaryDirectory() + "keraskit-log-\(UUID().uuidString)"
    defer { for file in [path, path + ".1"] { unlink(file) } }
    let log = EventLog(try LogFile(path: path))
    log.write(.info, "first")
    #expect(rename(path, path + ".1") == 0)
    log.reopen()
    log.write(.info, "second")
    log.close()
    #expect(try String(contentsOfFile: path + ".1", encoding: .utf8).contains("first"))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("second") && !text.contains("first"))
    #expect(throws: SystemFailure.self) { _ = try LogFile(path: "/no/such/folder/log") }
  }

  @Test("lets pages of the origins that it is told of ask, and no others")
  func origins() throws {
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    configuration.token = AccessToken("sesame")
    configuration.crossOrigin = CrossOrigin("https://a.example,http://b.example:8000")
    let server = Server(models: [StubModels.half], configuration)
    let address = try server.start()
    func ask(_ method: String, _ origin: String, _ field: String = "") throws -> String {
      let client = try RawClient(address)
      client.send(
        "\(method) /v2 HTTP/1.1\r\nHost: x\r\nOrigin: \(origin)\r\n\(field)\r\n")
      return client.readResponse()
    }
    let wish = "Access-Control-Request-Method: POST\r\n"
    let token = "Authorization: Bearer sesame\r\n"
    for origin in ["https://a.example", "http://b.example:8000"] {
      let allowed = "Access-Control-Allow-Origin: \(origin)\r\n"
      let preflight = try ask("OPTIONS", origin, wish)
      #expect(preflight.statusCode == 204)
      #expect(preflight.contains(allowed) && preflight.contains("Vary: Origin\r\n"))
      #expect(preflight.contains("Access-Control-Allow-Headers: Authorization"))
      #expect(try ask("GET", origin, token).contains(allowed))
      let refusal = try ask("GET", origin)
      #expect(refusal.statusCode == 401 && refusal.contains(allowed))
    }
    for origin in ["https://a.example.evil", "http://a.example", "null"] {
      #expect(try ask("OPTIONS", origin, wish).statusCode == 401)
      #expect(try ask("OPTIONS", origin, wish + token).statusCode == 405)
      #expect(!(try ask("GET", origin, token).contains("Access-Control")))
    }
    server.stop()
  }

  @Test("takes an origin as browsers write it")
  func originTexts() {
    for text in ["*", "http://a", "https://a.b:1,http://[::1]:2"] {
      #expect(CrossOrigin(text) != nil)
    }
    for text in ["", "a", "http://", "://a", "http://a/", "http://a,", "http://a b", "*,http://a"] {
      #expect(CrossOrigin(text) == nil, "\(text)")
    }
  }
}
