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
      entry = try answer(
        about: SourceFile(path: path), name: path, options, executable, arguments)
    } catch {
      throw HDF5Error(error, file: path)
    }
    return try root(entry, file: path)
  }

  /// The whole file behind an open descriptor, which messages call `name`.
  ///
  /// The file needs no name of its own: it may be deleted already. The descriptor stays open.
  public static func read(
    descriptor: Int32, name: String, options: HDF5ReadOptions = HDF5ReadOptions(),
    executable: String? = nil, arguments: [String] = []
  ) throws(HDF5Error) -> HDF5Group {
    let entry: HDF5Entry
    do throws(Problem) {
      entry = try answer(
        about: SourceFile(copying: descriptor), name: name, options, executable, arguments)
    } catch {
      throw HDF5Error(error, file: name)
    }
    return try root(entry, file: name)
  }

  private static func answer(
    about source: borrowing SourceFile, name: String, _ options: HDF5ReadOptions,
    _ executable: String?, _ arguments: [String]
  ) throws(Problem) -> HDF5Entry {
    let program = if let executable { executable } else { try thisProgram() }
    let limits = options.limits ?? HDF5Limits(fileSize: source.size)
    let words = ChildArguments(limits: limits, skipped: options.skipped).words
    let answer = Descriptor(owning: chdf5_memory_file())
    guard answer.number >= 0 else { throw Problem(.crashed, "cannot make a file in memory") }
    let ending = try ChildProcess.run(
      program, arguments + words, passing: [answer.number, source.descriptor.number],
      seconds: limits.seconds)
    try ChildMain.check(ending, limits)
    return try DumpReader.read(answer.number, file: name, depthLimit: limits.depth)
  }

  private static func root(_ entry: HDF5Entry, file: String) throws(HDF5Error) -> HDF5Group {
    switch entry {
    case .group(let group): return group
    case .unavailable(let error): throw error
    case .dataset: throw HDF5Error(ByteReader.nonsense, file: file)
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
}
