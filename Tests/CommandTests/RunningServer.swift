import Foundation
import TemporaryFolders
import Testing

/// The built program, serving a model.
final class RunningServer {
  /// The page's address.
  let address: String
  /// The port of the address.
  let port: UInt16
  private let process = Process()
  private let folder: TemporaryFolder

  /// Converts a Keras model and serves it on a free port.
  init(_ model: String) throws {
    folder = try TemporaryFolder()
    let bundle = folder("model.safetensors")
    let converted = try Keraskit.run("convert", model, "-o", bundle)
    try #require(converted.status == 0, "\(converted.errors)")
    let output = Pipe()
    process.executableURL = Keraskit.executable
    process.arguments = ["serve", bundle, "--port", "0"]
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let match = try #require(line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/))
    address = String(match.0)
    port = try #require(UInt16(match.1))
  }

  /// Whether the program runs.
  var isRunning: Bool { process.isRunning }

  /// Asks the program to stop.
  func terminate() { process.terminate() }

  /// Waits until the program has ended, and gives its exit status, or the negative number of the
  /// signal that ended it.
  func wait() -> Int32 {
    while isRunning { Thread.sleep(forTimeInterval: 0.01) }
    return process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus
  }

  /// Asks the program to stop and waits until it has.
  @discardableResult
  func stop() -> Int32 {
    if isRunning { terminate() }
    return wait()
  }

  deinit {
    stop()
  }
}
