import CHDF5

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs another process to its end, with a clean environment and a deadline.
enum ChildProcess {
  enum Ending: Equatable {
    case exited(Int32)
    case signalled(Int32)
    case timedOut
  }

  /// Environment variables that loaders, interpreters and sanitizers need.
  ///
  /// No other one is passed on, least of all those that change what the HDF5 library does.
  private static let inherited = [
    "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS",
    "UBSAN_OPTIONS",
  ]

  /// Runs `executable` with `descriptors` as its descriptors 3, 4, … and without any input or
  /// output; kills it when `seconds` are over.
  static func run(
    _ executable: String, _ arguments: [String], passing descriptors: [Int32], seconds: Double
  ) throws(Problem) -> Ending {
    let deadline = ContinuousClock.now + .seconds(seconds)
    // The child holds one end of a pipe and never writes: that the pipe closes tells of its end.
    var ends: [Int32] = [-1, -1]
    guard chdf5_pipe(&ends) == 0 else { throw failure("make a pipe", errno) }
    let lifeline = Descriptor(owning: ends[0])
    let child = try spawn(executable, arguments, passing: descriptors, lifeline: ends[1])
    return waitForEnd(of: child, lifeline: lifeline, until: deadline)
  }

  /// Starts the process and closes this process's copy of `lifeline`.
  private static func spawn(
    _ executable: String, _ arguments: [String], passing descriptors: [Int32], lifeline: Int32
  ) throws(Problem) -> pid_t {
    let lifeline = Descriptor(owning: lifeline)
    var actions = SpawnActions()
    for number in Int32(0)...2 { actions.openNull(as: number) }
    var number: Int32 = 3
    var copies: [Int32] = []
    defer { for copy in copies { _ = close(copy) } }
    for descriptor in descriptors + [lifeline.number] {
      // Numbers from 10 on cannot collide with the ones that are assigned here.
      let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
      guard copy >= 0 else { throw failure("pass on a file", errno) }
      copies.append(copy)
      actions.duplicate(copy, as: number)
      number += 1
    }
    return try actions.spawn(executable, [executable] + arguments, environment: environment())
  }

  private static func environment() -> [String] {
    let kept = inherited.compactMap { name in
      getenv(name).map { "\(name)=\(String(cString: $0))" }
    }
    return kept + ["SWIFT_BACKTRACE=enable=no"]
  }

  /// Waits for the end of `child`, which `lifeline` announces by hanging up.
  private static func waitForEnd(
    of child: pid_t, lifeline: borrowing Descriptor, until deadline: ContinuousClock.Instant
  ) -> Ending {
    var watched = pollfd(fd: lifeline.number, events: 0, revents: 0)
    var pause: UInt32 = 100
    var status: Int32 = 0
    var options = WNOHANG
    while true {
      let ended = waitpid(child, &status, options)
      if ended == child { return options == 0 ? .timedOut : ending(status) }
      // Somebody else in this process took the status: the answer has to speak for itself.
      if ended < 0, errno != EINTR { return options == 0 ? .timedOut : .exited(0) }
      if ContinuousClock.now > deadline {
        _ = kill(child, SIGKILL)
        options = 0
      } else if watched.revents == 0 {
        _ = poll(&watched, 1, 20)
      } else {
        _ = usleep(pause)
        pause = min(pause * 2, 10_000)
      }
    }
  }

  private static func ending(_ status: Int32) -> Ending {
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  private static func failure(_ action: String, _ code: Int32) -> Problem {
    Problem(.crashed, "cannot \(action): \(String(cString: strerror(code)))")
  }
}
