import Foundation
import TemporaryFolders
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite struct ServeTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try Keraskit.run("convert", Fixture.dense, "-o", folder("dense.safetensors"))
  }

  @Test func modelsAreServedUntilTheProgramIsToldToStop() async throws {
    let server = Process()
    let output = Pipe()
    server.executableURL = Keraskit.executable
    server.arguments = [
      "serve", folder("dense.safetensors"), "\(folder("dense.safetensors"))=other", "--port", "0",
    ]
    server.standardOutput = output
    try server.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let match = try #require(
      line.wholeMatch(of: /serving dense, other at (http:\/\/127\.0\.0\.1:\d+).*\n/))
    let address = try #require(URL(string: String(match.1)))
    for name in ["dense", "other"] {
      var request = URLRequest(url: address.appending(path: "v1/models/\(name):predict"))
      request.httpMethod = "POST"
      request.httpBody = Data("{\"instances\": [[1, 2, 3, 4, 5, 6, 7]]}".utf8)
      let (body, response) = try await URLSession.shared.data(for: request)
      #expect((response as? HTTPURLResponse)?.statusCode == 200)
      let json = try JSONSerialization.jsonObject(with: body) as? [String: Any]
      let predictions = json?["predictions"] as? [[String: Any]]
      #expect((predictions?.first?["softmax"] as? [Double])?.count == 6)
    }
    server.terminate()
    server.waitUntilExit()
    #expect(server.terminationReason == .exit)
    #expect(server.terminationStatus == 0)
  }

  @Test func onlyBundlesAreServed() throws {
    let result = try Keraskit.run("serve", Fixture.dense, "--port", "0")
    #expect(result.status == 2)
    #expect(result.errors.contains("expected a bundle to serve; \"keraskit convert\" makes one"))
  }

  @Test func twoModelsOfOneNameAreRefused() throws {
    let path = folder("dense.safetensors")
    let result = try Keraskit.run("serve", path, path, "--port", "0")
    #expect(result.status == 64)
    #expect(result.errors.contains("two models are named \"dense\""))
  }

  @Test func aFolderOfModelsMayHoldAFileSystemsOwn() throws {
    let manager = FileManager.default
    let models = folder("models")
    try manager.createDirectory(
      atPath: models + "/lost+found", withIntermediateDirectories: true)
    let empty = try Keraskit.run("serve", "--models", models, "--port", "0")
    #expect(empty.status == 2)
    #expect(empty.errors.contains("there is no model in it"))
    try manager.copyItem(
      atPath: folder("dense.safetensors"), toPath: models + "/dense.safetensors")
    func serve() throws -> String {
      try Keraskit.run("serve", "--models", models, "--host", "203.0.113.1", "--port", "1").errors
    }
    // It comes as far as the address.
    #expect(try serve().contains("203.0.113.1"))
    try manager.createDirectory(
      atPath: models + "/emptied", withIntermediateDirectories: false)
    #expect(try serve().contains("\"emptied\""))
  }

  @Test func aPortThatIsTakenIsToldByNumber() throws {
    let result = try Keraskit.run(
      "serve", folder("dense.safetensors"), "--host", "203.0.113.1", "--port", "1")
    #expect(result.status == 2)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("203.0.113.1"))
  }

  @Test(arguments: [
    ["--request-timeout", "0"], ["--request-timeout", "1e30"], ["--drain-delay", "1e20"],
    ["--exit-timeout", "1e300"], ["--exit-timeout", "inf"],
  ])
  func timesThatNoClockHasAreRefused(option: [String]) throws {
    let result = try Keraskit.run(["serve", folder("dense.safetensors"), "--port", "0"] + option)
    #expect(result.status == 64)
    #expect(result.errors.contains("\"\(option[0])\": expected a number from "))
  }

  @Test(arguments: [
    (#""labels":{"stable":2}"#, "there is no version 2"),
    (#""versions":[2]"#, "there is no version 2"),
    (#""labels":5"#, "\"labels\": expected an object"),
    (#""name":5"#, "\"name\": expected a string"),
    (#""name":"..""#, "model name \"..\""),
  ])
  func whatAFileAsksForAndCannotHaveIsTold(member: String, reason: String) throws {
    let file = folder("serve.json")
    let path = folder("dense.safetensors")
    try #"{"models":[{"path":"\#(path)",\#(member)}],"port":0}"#.write(
      toFile: file, atomically: true, encoding: .utf8)
    let result = try Keraskit.run("serve", "--config", file)
    #expect(result.status == 2)
    #expect(result.errors.contains(reason))
  }

  @Test func aFileOfOptionsNamesNoOther() throws {
    let file = folder("serve.json")
    try #"{"config":"other.json"}"#.write(toFile: file, atomically: true, encoding: .utf8)
    let result = try Keraskit.run("serve", folder("dense.safetensors"), "--config", file)
    #expect(result.status == 2)
    #expect(result.errors.contains("unknown member \"config\""))
  }
}
