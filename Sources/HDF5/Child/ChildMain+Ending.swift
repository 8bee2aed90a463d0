#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ChildMain {
  /// Throws what the end of the process tells about the file, unless it did its work.
  static func check(
    _ ending: ChildProcess.Ending, _ limits: HDF5Limits
  ) throws(Problem) {
    switch ending {
    case .exited(0): return
    case .exited(overfull), .signalled(SIGXFSZ):
      throw Problem(.refused, "what it holds goes beyond the limits")
    case .exited(unprepared):
      throw Problem(.crashed, "the process that reads it could not put its limits in place")
    case .exited(let status):
      throw Problem(.crashed, "the process that reads it ended with status \(status)")
    case .timedOut:
      throw Problem(.crashed, "reading took longer than the limit of \(limits.secondsInWords) s")
    case .signalled(SIGXCPU):
      throw Problem(
        .crashed,
        "reading took more than the limit of \(limits.processorSeconds) s of processor time")
    case .signalled(SIGKILL):
      throw Problem(.crashed, "the process that reads it was killed, perhaps for want of memory")
    case .signalled(let signal):
      throw Problem(
        .crashed,
        "the HDF5 library crashed on it (signal \(signal), \(String(cString: strsignal(signal)))); "
          + "the file is damaged or hostile")
    }
  }
}

extension HDF5Limits {
  /// The time on the clock, to a tenth.
  fileprivate var secondsInWords: Double { (seconds * 10).rounded() / 10 }
}
