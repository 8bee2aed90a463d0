import Foundation
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A Chromium without a window, driven through ChromeDriver by the WebDriver protocol.
///
/// https://www.w3.org/TR/webdriver2/
final class WebDriver {
  private let driver = Process()
  private let session: URL
  private let client = URLSession(configuration: .ephemeral)

  /// What the protocol says went wrong.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts a browser whose page has the given size; a phone has a touch screen.
  init(width: Int = 1100, height: Int = 760, isPhone: Bool = false) async throws {
    let base = try Self.start(driver)
    var options: [String: Any] = [
      "args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--hide-scrollbars", "--window-size=\(width),\(height)",
      ]
    ]
    if isPhone {
      let screen: [String: Any] = [
        "width": width, "height": height, "pixelRatio": 2, "touch": true,
      ]
      options["mobileEmulation"] = ["deviceMetrics": screen]
    }
    let capabilities: [String: Any] = [
      "goog:chromeOptions": options, "goog:loggingPrefs": ["performance": "ALL", "browser": "ALL"],
    ]
    let answer = try await Self.send(
      client, "POST", base.appending(path: "session"),
      ["capabilities": ["alwaysMatch": capabilities]])
    guard let id = (answer as? [String: Any])?["sessionId"] as? String else {
      throw Failure(description: "no session in \(answer)")
    }
    session = base.appending(path: "session/\(id)")
  }

  /// Ends the browser; the driver ends it where this is not called.
  func quit() async throws {
    _ = try await send("DELETE", "")
    driver.terminate()
    driver.waitUntilExit()
  }

  deinit {
    if driver.isRunning { driver.terminate() }
  }

  // MARK: - Commands

  /// Opens a page.
  func open(_ address: String) async throws {
    _ = try await send("POST", "url", ["url": address])
  }

  /// What a function's body returns, called in the page with arguments.
  @discardableResult
  func run(_ body: String, _ arguments: Any...) async throws -> Any {
    try await send("POST", "execute/sync", ["script": body, "args": arguments])
  }

  /// What a function's body returns as text.
  func text(_ body: String) async throws -> String {
    try await run(body) as? String ?? ""
  }

  /// Waits until a function's body returns true.
  func wait(
    for what: String, seconds: Double = 10, _ body: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if try await run(body) as? Bool == true { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("waited in vain: \(what)", sourceLocation: sourceLocation)
  }

  /// A picture of the page as a PNG file.
  func screenshot() async throws -> Data {
    Data(base64Encoded: try await send("GET", "screenshot") as? String ?? "") ?? Data()
  }

  /// Sets what the page is told that its user prefers.
  func prefer(_ features: [String: String]) async throws {
    let list = features.map { ["name": $0, "value": $1] }
    _ = try await send(
      "POST", "goog/cdp/execute",
      ["cmd": "Emulation.setEmulatedMedia", "params": ["features": list]])
  }

  /// Performs sequences of actions, as a user's hands do.
  func perform(_ sequences: [[String: Any]]) async throws {
    _ = try await send("POST", "actions", ["actions": sequences])
    _ = try await send("DELETE", "actions")
  }

  /// The addresses of all requests since this was last asked.
  func requestedAddresses() async throws -> [String] {
    let entries = try await send("POST", "se/log", ["type": "performance"]) as? [[String: Any]]
    return (entries ?? []).compactMap { entry in
      guard let text = entry["message"] as? String,
        let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
        let message = json["message"] as? [String: Any],
        message["method"] as? String == "Network.requestWillBeSent",
        let parameters = message["params"] as? [String: Any],
        let request = parameters["request"] as? [String: Any]
      else { return nil }
      return request["url"] as? String
    }
  }

  /// The messages in the browser's console since this was last asked.
  func consoleMessages() async throws -> [String] {
    let entries = try await send("POST", "se/log", ["type": "browser"]) as? [[String: Any]]
    return (entries ?? []).compactMap { $0["message"] as? String }
  }

  // MARK: - The protocol

  private func send(_ method: String, _ path: String, _ body: [String: Any]? = nil) async throws
    -> Any
  {
    try await Self.send(
      client, method, path.isEmpty ? session : session.appending(path: path), body)
  }

  private static func send(
    _ client: URLSession, _ method: String, _ address: URL, _ body: [String: Any]?
  ) async throws -> Any {
    var request = URLRequest(url: address, timeoutInterval: 60)
    request.httpMethod = method
    if let body {
      request.httpBody = try JSONSerialization.data(withJSONObject: body)
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let (data, _) = try await client.data(for: request)
    let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let value = answer?["value"] ?? NSNull()
    if let error = value as? [String: Any], let name = error["error"] as? String {
      throw Failure(description: "\(name): \(error["message"] as? String ?? "")")
    }
    return value
  }

  /// Starts ChromeDriver on a free port, which it tells.
  private static func start(_ driver: Process) throws -> URL {
    let output = Pipe()
    driver.executableURL = URL(filePath: "/usr/bin/env")
    driver.arguments = ["chromedriver", "--port=0"]
    driver.standardOutput = output
    driver.standardError = FileHandle.nullDevice
    try driver.run()
    var text = ""
    while true {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else {
        throw Failure(description: "chromedriver does not start; is chromium-driver installed?")
      }
      text += String(decoding: data, as: UTF8.self)
      if let match = text.firstMatch(of: /started successfully on port (\d+)/),
        let address = URL(string: "http://127.0.0.1:\(match.1)")
      {
        return address
      }
    }
  }
}
