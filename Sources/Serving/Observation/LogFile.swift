package import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that lines of JSON are added to, by a thread of its own; lines never mix.
package final class LogFile: Sendable {
  private let path: String?
  private let descriptor: Monitor<Int32>
  private let waiting = Monitor<[UInt8]>([])
  private let isStopping = Monitor(false)
  private let thread = Monitor<SystemThread?>(nil)

  /// How long a line may wait to be written.
  private static let interval = 0.2
  /// Lines beyond this are dropped where the file takes none.
  private static let mostBytes = 8 << 20

  /// A log in a file that is open; it is left open.
  package convenience init(descriptor: Int32) {
    self.init(path: nil, descriptor)
  }

  /// A log at the end of the file under a path, which is made where there is none.
  package convenience init(path: String) throws(SystemFailure) {
    self.init(path: path, try Self.open(path))
  }

  private init(path: String?, _ descriptor: Int32) {
    self.path = path
    self.descriptor = Monitor(descriptor)
    let thread = SystemThread { [waiting, isStopping, descriptor = self.descriptor] in
      while isStopping.wait(seconds: Self.interval, { $0 ? true : nil }) == nil {
        Self.flush(waiting, to: descriptor)
      }
    }
    self.thread.withLock { $0 = thread }
  }

  deinit {
    close()
    if path != nil { descriptor.withLock { _ = systemClose($0) } }
  }

  /// Writes what waits, and from then on to the file that is under the path now; the one that is
  /// open stays where there can be none.
  package func reopen() {
    guard let path, let new = try? Self.open(path) else { return }
    Self.flush(waiting, to: descriptor)
    descriptor.withLock { descriptor in
      _ = systemClose(descriptor)
      descriptor = new
    }
  }

  /// Writes what waits, and takes no more.
  package func close() {
    isStopping.withLock { $0 = true }
    let thread = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    thread?.join()
    Self.flush(waiting, to: descriptor)
  }

  private static func open(_ path: String) throws(SystemFailure) -> Int32 {
    let descriptor = systemOpen(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw SystemFailure("open") }
    return descriptor
  }

  /// Adds a line that begins with the `time` (RFC 3339, UTC).
  func write(_ members: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    json.object { json in
      json.member("time", timestamp())
      members(&json)
    }
    let line = json.bytes
    waiting.withLock { waiting in
      guard waiting.count < Self.mostBytes else { return }
      waiting += line
      waiting.append(UInt8(ascii: "\n"))
    }
  }

  private static func flush(_ waiting: Monitor<[UInt8]>, to descriptor: Monitor<Int32>) {
    descriptor.withLock { flush(waiting, to: $0) }
  }

  private static func flush(_ waiting: Monitor<[UInt8]>, to descriptor: Int32) {
    let lines = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    lines.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = systemWrite(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }
}

/// The time of day as RFC 3339 writes it, in UTC, to the millisecond.
func timestamp() -> String {
  let milliseconds = unixMilliseconds()
  var seconds = time_t(milliseconds / 1000)
  var parts = tm()
  gmtime_r(&seconds, &parts)
  func digits(_ number: some BinaryInteger, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
  let date = [(parts.tm_year + 1900, 4), (parts.tm_mon + 1, 2), (parts.tm_mday, 2)]
  let time = [(parts.tm_hour, 2), (parts.tm_min, 2), (parts.tm_sec, 2)]
  return date.map { digits($0, $1) }.joined(separator: "-") + "T"
    + time.map { digits($0, $1) }.joined(separator: ":") + "." + digits(milliseconds % 1000, 3)
    + "Z"
}

private let systemOpen = open as @Sendable (UnsafePointer<CChar>, Int32, mode_t) -> Int32
private let systemClose = close as @Sendable (Int32) -> Int32
private let systemWrite = write as @Sendable (Int32, UnsafeRawPointer?, Int) -> Int
