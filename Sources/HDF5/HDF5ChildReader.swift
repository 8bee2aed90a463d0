import CHDF5
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads HDF5 files in a process of its own, so that a file which crashes the library, or makes it
/// run or grow without end, costs no more than one error.
///
/// The process is this very program, started again with a hidden first argument; therefore a
/// program that uses this type calls ``runChildIfAsked(_:)`` before anything else.
public enum HDF5ChildReader {
  private static let isPrepared = Atomic(false)

  /// Becomes the reading process if the command line asks for it, and never returns then.
  ///
  /// `arguments` is the whole command line, `CommandLine.arguments`.
  public static func runChildIfAsked(_ arguments: [String]) {
    isPrepared.store(true, ordering: .relaxed)
    guard arguments.count > 1, arguments[1] == ChildArguments.marker else { return }
    guard let arguments = ChildArguments(arguments) else { _exit(64) }
    ChildMain.run(arguments)
  }

  /// The whole file at `path` as a tree of groups and datasets, like `HDF5File.read`.
  ///
  /// `executable` is the program to start, one that calls `runChildIfAsked`; nil stands for this
  /// program. `arguments` come before the hidden one, for a program that starts another one.
  public static func read(
    path: String, options: HDF5ReadOptions = HDF5ReadOptions(), executable: String? = nil,
    arguments: [String] = []
  ) throws(HDF5Error) -> HDF5Group {
    let entry: HDF5Entry
    do throws(Problem) {
      let source = try SourceFile(path: path)
      let limits = options.limits ?? HDF5Limits(fileSize: source.size)
      let program = if let executable { executable } else { try thisProgram() }
      let words = ChildArguments(limits: limits, skipped: options.skipped).words
      let answer = Descriptor(owning: chdf5_memory_file())
      guard answer.number >= 0 else { throw Problem(.crashed, "cannot make a file in memory") }
      let ending = try ChildProcess.run(
        program, arguments + words,
        passing: [answer.number, source.descriptor.number], seconds: limits.seconds)
      try check(ending, limits)
      entry = try DumpReader.read(answer.number, file: path, depthLimit: limits.depth)
    } catch {
      throw HDF5Error(error, file: path)
    }
    switch entry {
    case .group(let group): return group
    case .unavailable(let error): throw error
    case .dataset: throw HDF5Error(ByteReader.nonsense, file: path)
    }
  }

  /// The path of this program, as long as it can be the child: one that does not know the hidden
  /// argument would do its usual work once more, and start itself without end.
  private static func thisProgram() throws(Problem) -> String {
    guard isPrepared.load(ordering: .relaxed) else {
      throw Problem(
        .crashed, "this program cannot read it safely: it does not call 'runChildIfAsked'")
    }
    #if os(Linux)
      return "/proc/self/exe"
    #else
      return CommandLine.arguments[0]
    #endif
  }

  private static func check(
    _ ending: ChildProcess.Ending, _ limits: HDF5Limits
  ) throws(Problem) {
    switch ending {
    case .exited(0): return
    case .exited(ChildMain.overfull), .signalled(SIGXFSZ):
      throw Problem(.refused, "what it holds goes beyond the limits")
    case .exited(ChildMain.unconfined):
      throw Problem(.crashed, "the process that reads it could not limit itself")
    case .exited(let status):
      throw Problem(.crashed, "the process that reads it ended with status \(status)")
    case .timedOut:
      throw Problem(.crashed, "reading took longer than the limit of \(limits.seconds) s")
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
