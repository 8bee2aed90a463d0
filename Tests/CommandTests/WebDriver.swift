import Foundation
import Testing

/// A Chromium without a window, driven through ChromeDriver by the WebDriver protocol.
///
/// https://www.w3.org/TR/webdriver2/
final class WebDriver {
  private let driver = Process()
  private let client: LocalHTTP
  private let session: String

  /// What the protocol says went wrong.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts a browser whose page has the given size; a phone has a touch screen.
  init(width: Int = 1100, height: Int = 760, isPhone: Bool = false) throws {
    client = LocalHTTP(port: try Self.start(driver))
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
    do {
      session = try Self.newSession(client, capabilities)
    } catch {
      Self.stop(driver)
      throw error
    }
  }

  private static func newSession(_ client: LocalHTTP, _ capabilities: [String: Any]) throws
    -> String
  {
    let answer = try send(
      client, "POST", "/session", ["capabilities": ["alwaysMatch": capabilities]])
    guard let id = (answer as? [String: Any])?["sessionId"] as? String else {
      throw Failure(description: "no session in \(answer)")
    }
    return "/session/\(id)"
  }

  deinit {
    _ = try? send("DELETE", "")
    Self.stop(driver)
  }

  // MARK: - Commands

  /// Opens a page.
  func open(_ address: String) throws {
    _ = try send("POST", "url", ["url": address])
  }

  /// What a function's body returns, called in the page with arguments.
  @discardableResult
  func run(_ body: String, _ arguments: Any...) throws -> Any {
    try send("POST", "execute/sync", ["script": body, "args": arguments])
  }

  /// What a function's body returns as text.
  func text(_ body: String) throws -> String {
    try run(body) as? String ?? ""
  }

  /// Waits until a function's body returns true.
  func wait(
    for what: String, seconds: Double = 10, _ body: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if try run(body) as? Bool == true { return }
      Thread.sleep(forTimeInterval: 0.02)
    }
    Issue.record("waited in vain: \(what)", sourceLocation: sourceLocation)
  }

  /// A picture of the page as a PNG file.
  func screenshot() throws -> Data {
    Data(base64Encoded: try send("GET", "screenshot") as? String ?? "") ?? Data()
  }

  /// Sets what the page is told that its user prefers.
  func prefer(_ features: [String: String]) throws {
    let list = features.map { ["name": $0, "value": $1] }
    _ = try send(
      "POST", "goog/cdp/execute",
      ["cmd": "Emulation.setEmulatedMedia", "params": ["features": list]])
  }

  /// Performs sequences of actions, as a user's hands do.
  func perform(_ sequences: [[String: Any]]) throws {
    _ = try send("POST", "actions", ["actions": sequences])
    _ = try send("DELETE", "actions")
  }

  /// The addresses of all requests since this was last asked.
  func requestedAddresses() throws -> [String] {
    let entries = try send("POST", "se/log", ["type": "performance"]) as? [[String: Any]]
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
  func consoleMessages() throws -> [String] {
    let entries = try send("POST", "se/log", ["type": "browser"]) as? [[String: Any]]
    return (entries ?? []).compactMap { $0["message"] as? String }
  }

  // MARK: - The protocol

  private func send(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> Any {
    try Self.send(client, method, path.isEmpty ? session : "\(session)/\(path)", body)
  }

  private static func send(
    _ client: LocalHTTP, _ method: String, _ path: String, _ body: [String: Any]?
  ) throws -> Any {
    let request = try body.map { try JSONSerialization.data(withJSONObject: $0) }
    let data = try client.send(method, path, request ?? Data())
    let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let value = answer?["value"] ?? NSNull()
    if let error = value as? [String: Any], let name = error["error"] as? String {
      throw Failure(description: "\(name): \(error["message"] as? String ?? "")")
    }
    return value
  }

  /// Ends ChromeDriver, which inherits blocked signals and, because it closes what else it inherits,
  /// passes with `Process` for dead.
  private static func stop(_ driver: Process) {
    kill(driver.processIdentifier, SIGKILL)
  }

  /// Starts ChromeDriver on a free port, which it tells.
  private static func start(_ driver: Process) throws -> UInt16 {
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
        let port = UInt16(match.1)
      {
        return port
      }
    }
  }
}
