import Foundation
import TemporaryFolders

/// The built program, run as a user runs it.
enum Keraskit {
  /// What one run came to.
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    /// The output as JSON.
    var json: [String: Any] {
      get throws {
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
      }
    }

    /// The lines on standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  /// The program that the environment's `KERASKIT_EXECUTABLE` names, else the one that was built
  /// with the tests.
  static let executable =
    ProcessInfo.processInfo.environment["KERASKIT_EXECUTABLE"].map { URL(filePath: $0) }
    ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appending(path: "keraskit")

  /// Runs the program to its end.
  static func run(_ arguments: String..., input: String = "") throws -> Result {
    try run(arguments, input: input)
  }

  /// Runs the program to its end.
  static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> Result {
    let folder = try TemporaryFolder()
    try input.write(toFile: folder("in"), atomically: false, encoding: .utf8)
    for name in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: folder(name), contents: nil)
    }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle(forReadingAtPath: folder("in"))
    process.standardOutput = FileHandle(forWritingAtPath: folder("out"))
    process.standardError = FileHandle(forWritingAtPath: folder("err"))
    try process.run()
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : -1
    return Result(
      status: status, output: try String(contentsOfFile: folder("out"), encoding: .utf8),
      errors: try String(contentsOfFile: folder("err"), encoding: .utf8))
  }
}
