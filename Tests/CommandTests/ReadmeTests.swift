import Foundation
import TemporaryFolders
import Testing

@Suite("The README")
struct ReadmeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static var text: String {
    get throws { try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8) }
  }

  /// The shell commands of one section.
  private static func commands(under heading: String) throws -> [String] {
    let section = try text.components(separatedBy: "\n## ").first { $0.hasPrefix(heading) }
    return try #require(section).components(separatedBy: "```sh\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
  }

  @Test func itsFiveExamplesRunAsTheyStand() throws {
    let examples = try Self.commands(under: "Five examples")
    #expect(examples.count == 5)
    let port = String(20_000 + ProcessInfo.processInfo.processIdentifier % 20_000)
    let script = examples.joined(separator: "\n").replacing("8080", with: port)
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: folder("Fixtures"),
      withDestinationPath: Self.root.appending(path: "Fixtures").path(percentEncoded: false))
    try FileManager.default.createSymbolicLink(
      atPath: folder("keraskit"), withDestinationPath: Keraskit.executable.path)
    _ = FileManager.default.createFile(atPath: folder("out"), contents: nil)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "set -e; cd '\(folder.path)'; PATH=$PWD:$PATH\n" + script]
    process.standardOutput = FileHandle(forWritingAtPath: folder("out"))
    try process.run()
    process.waitUntilExit()
    let output = try String(contentsOfFile: folder("out"), encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(output)")
    for part in ["Multiply-adds", "values agree with Keras", "\"digit\":[[", "AVAILABLE"] {
      #expect(output.contains(part), "\(part) is not in \(output)")
    }
  }

  @Test func itsTableOfLayersIsTheCataloguesOwn() throws {
    let table = try Keraskit.run("inspect", "--layers").output
    #expect(try Self.text.contains(table))
  }
}
