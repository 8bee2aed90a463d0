import Foundation

/// The files that the tests read, and what they hold.
enum Fixtures {
  static let directory = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/hdf5")

  static func path(_ name: String) -> String {
    directory.appending(path: name).path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: directory.appending(path: name)))
  }

  /// What `expected.json` says of every file.
  static let expected: [String: ExpectedFile] = {
    do {
      let data = try Data(contentsOf: directory.appending(path: "expected.json"))
      return try JSONDecoder().decode([String: ExpectedFile].self, from: data)
    } catch {
      return [:]
    }
  }()

  static func names(where isWanted: (ExpectedFile) -> Bool) -> [String] {
    expected.filter { isWanted($0.value) }.keys.sorted()
  }

  /// The built program, which lies beside the running tests; it serves as the child process.
  static let program: String = {
    if let path = ProcessInfo.processInfo.environment["KERASKIT_EXECUTABLE"] { return path }
    return Bundle.main.bundleURL.appending(path: "keraskit").path
  }()
}
