import Foundation
import Inference
import Serving
import Tensors
import Testing

@Suite("What is held for clients")
struct ByteBudgetTests {
  private static let count = 3 << 20

  /// Takes a number and gives many.
  private static let wide = ServedModel(
    name: "wide", inputs: [ModelPort(name: "x", shape: [nil, 1], elementType: .float32)],
    outputs: [ModelPort(name: "y", shape: [nil, count], elementType: .float32)]
  ) { inputs throws(PredictionError) in
    [Tensor(zeros: TensorType([inputs[0].shape[0], count], .float32))]
  }

  /// Takes many numbers once a gate is open, and gives one.
  private static func narrow(_ gate: DispatchSemaphore) -> ServedModel {
    ServedModel(
      name: "narrow", inputs: [ModelPort(name: "x", shape: [nil, nil], elementType: .float32)],
      outputs: [ModelPort(name: "y", shape: [nil, 1], elementType: .float32)]
    ) { inputs throws(PredictionError) in
      gate.wait()
      return [Tensor(zeros: TensorType([inputs[0].shape[0], 1], .float32))]
    }
  }

  private func server(_ model: ServedModel, budget: Int) -> Server {
    var configuration = ServerConfiguration()
    configuration.transport.port = 0
    configuration.transport.bodyBudget = budget
    configuration.drainSeconds = 5
    configuration.workers = 2
    return Server(models: [model], configuration)
  }

  private static func request(_ model: String, _ body: [UInt8], _ fields: String = "") -> [UInt8] {
    Array(
      ("POST /v2/models/\(model)/infer HTTP/1.1\r\nHost: x\r\n\(fields)Content-Length: "
        + "\(body.count)\r\n\r\n").utf8) + body
  }

  @Test("answers that clients do not take are bounded")
  func answers() throws {
    let server = server(Self.wide, budget: 20 << 20)
    let address = try server.start()
    let request = Self.request("wide", [0, 0, 0, 0], "Inference-Header-Content-Length: 0\r\n")
    var slow: RawClient? = try RawClient(address)
    slow?.send(request)
    Thread.sleep(forTimeInterval: 1)
    let other = try RawClient(address)
    other.send(request)
    #expect(other.readResponse().statusCode == 503)
    // A small answer is given all the same, and so is one about the server.
    for path in ["/v2/models/wide", "/"] {
      let small = try RawClient(address)
      small.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(small.readResponse().statusCode == 200)
    }
    slow = nil
    Thread.sleep(forTimeInterval: 1)
    other.send(request)
    #expect(other.readHead().statusCode == 200)
    server.stop()
  }

  @Test("bodies that come compressed are bounded by what they unpack to")
  func unpacked() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = server(Self.narrow(gate), budget: 1 << 20)
    let address = try server.start()
    let request = Self.request(
      "narrow", Self.zeros, "Inference-Header-Content-Length: 103\r\nContent-Encoding: gzip\r\n")
    let clients = try (0..<3).map { _ in try RawClient(address) }
    for client in clients {
      client.send(request)
      Thread.sleep(forTimeInterval: 0.3)
    }
    #expect(clients[1].readResponse().statusCode == 503)
    #expect(clients[2].readResponse().statusCode == 503)
    gate.signal()
    #expect(clients[0].readResponse().statusCode == 200)
    gate.signal()
    // What the first held is given back a moment after its answer has been sent.
    var status: Int? = 503
    for _ in 0..<50 where status == 503 {
      Thread.sleep(forTimeInterval: 0.1)
      clients[1].send(request)
      status = clients[1].readResponse().statusCode
    }
    #expect(status == 200)
    server.stop()
  }

  /// A request's JSON of 103 bytes and 600,000 bytes of zeros, as gzip.
  private static let zeros: [UInt8] = Array(Data(base64Encoded: text) ?? Data())
  private static let text = """
    H4sIAAAAAAACA+3LQQqCUBSG0dZyxw6yqEELaNxcJF4U5CARNcjEvffcRYNzRpfL/83RtN17HOJUzdGm1yNO8Ykihm\
    fq8l2VRXnYZnUR9zSmcVq/cb7sd3nUpT4X46PP+Ry3pk39dF1n16H55t1xLbfLUi8bAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD+0g/y1FLMJygJAA==
    """
}
