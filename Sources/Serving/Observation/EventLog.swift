/// Writes a line of JSON for whatever an operator wants to know.
///
/// A line holds `time` (RFC 3339, UTC), `level` (`info` or `error`), `event` and, where there is more
/// to say, `message`. Events are `listening`, `reloaded`, `reload_failed`, `loaded`, `load_failed`,
/// `unloaded` and `unload_failed` (asked by a client), `request_failed` (a status from 500 but 503),
/// `stopping` and `stopped`.
package struct EventLog: Sendable {
  /// How bad it is.
  enum Level: String {
    case info
    case error
  }

  private let file: LogFile

  /// A log in a file.
  package init(_ file: LogFile) {
    self.file = file
  }

  /// Writes to the file that is under the log's path now, as after another has been moved away.
  package func reopen() { file.reopen() }

  /// Writes what waits, and takes no more.
  package func close() { file.close() }

  /// Adds a line for an event.
  func write(_ level: Level, _ event: String, _ message: String = "") {
    file.write { json in
      json.member("level", level.rawValue)
      json.member("event", event)
      if !message.isEmpty { json.member("message", message) }
    }
  }
}
