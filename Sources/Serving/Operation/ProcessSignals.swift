#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Waits for SIGTERM, SIGINT or SIGHUP, whichever thread the system hands it to.
///
/// The first signal to stop is taken; a further one ends the process at once, as if nothing had been
/// installed. A process has at most one of these at a time.
struct ProcessSignals {
  /// What the process is told to do.
  enum Order {
    case stop
    case reload
  }

  private static let stopping = [SIGTERM, SIGINT]

  /// Takes the signals from here on.
  ///
  /// A broken connection no longer ends the process either; a file that is cut short while it is
  /// served still does, with a line that says so.
  init() {
    _ = SignalPipe.ends
    signal(SIGPIPE, SIG_IGN)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in Self.stopping + [SIGHUP] {
      signal(number, noteSignal)
      sigaddset(&signals, number)
    }
    signal(SIGBUS, tellOfLostBytes)
    // Whoever started this process may have handed down a mask that holds them back.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Waits for the next signal.
  func wait() -> Order {
    var number: UInt8 = 0
    while read(SignalPipe.ends.reading, &number, 1) < 0, errno == EINTR {}
    if Int32(number) == SIGHUP { return .reload }
    for number in Self.stopping { signal(number, SIG_DFL) }
    return .stop
  }
}

/// A mapped file that somebody has cut short cannot be read any more, and what has been read of it
/// cannot be trusted: the process says so and ends, for a supervisor to start it anew.
private let tellOfLostBytes: @Sendable @convention(c) (Int32) -> Void = { _ in
  let text: StaticString =
    "keraskit: serve: a model's file was cut short while it was served; replace files by renaming\n"
  write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  _exit(2)
}

/// The pipe that carries a signal from its handler, where little is allowed, to who waits.
private enum SignalPipe {
  static let ends: (reading: Int32, writing: Int32) = {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "the process has no files left")
    return (ends[0], ends[1])
  }()
}

private let noteSignal: @Sendable @convention(c) (Int32) -> Void = { number in
  var byte = UInt8(truncatingIfNeeded: number)
  write(SignalPipe.ends.writing, &byte, 1)
}
