import Foundation
import Testing

/// How the served program stops.
@Suite struct StopTests {
  private let server: RunningServer
  private let http: LocalHTTP

  init() throws {
    server = try RunningServer(Fixture.dense)
    http = LocalHTTP(port: server.port)
  }

  @Test func aRequestThatArrivesWhileItStopsIsAnswered() throws {
    let socket = try http.open()
    defer { close(socket) }
    let request = "POST /v1/models/none:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"
    try http.write(Data((request + "{").utf8), to: socket)
    Thread.sleep(forTimeInterval: 0.3)
    server.terminate()
    Thread.sleep(forTimeInterval: 0.3)
    #expect(server.isRunning)
    #expect(throws: LocalHTTP.Failure.self) { try http.open() }
    try http.write(Data("}".utf8), to: socket)
    var answer = [UInt8](repeating: 0, count: 12)
    #expect(recv(socket, &answer, 12, Int32(MSG_WAITALL)) == 12)
    #expect(String(decoding: answer, as: UTF8.self) == "HTTP/1.1 404")
    #expect(server.wait() == 0)
  }

  @Test func aSecondSignalEndsItAtOnce() throws {
    let socket = try http.open()
    defer { close(socket) }
    let request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{"
    try http.write(Data(request.utf8), to: socket)
    Thread.sleep(forTimeInterval: 0.3)
    server.terminate()
    Thread.sleep(forTimeInterval: 0.3)
    #expect(server.isRunning)
    server.terminate()
    #expect(server.wait() == -SIGTERM)
  }
}
