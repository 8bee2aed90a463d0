#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the child process does: read the file behind one descriptor, answer on another, end.
enum ChildMain {
  /// The status with which the process ends when it cannot put its limits in place.
  static let unprepared: Int32 = 3
  /// The status with which the process ends when the answer does not fit.
  static let overfull: Int32 = 4

  private static let answer: Int32 = 3
  private static let source: Int32 = 4
  private static let lifeline: Int32 = 5

  /// Reads, answers and ends the process.
  static func run(_ arguments: ChildArguments) -> Never {
    guard Confinement.apply(arguments, firstForeignDescriptor: lifeline + 1) else {
      _exit(unprepared)
    }
    let writer: DumpWriter
    do throws(Problem) {
      writer = try DumpWriter(answer, capacity: arguments.capacity)
    } catch {
      _exit(unprepared)
    }
    do throws(Problem) {
      try writer.finish(tree(arguments, writer))
    } catch {
      _exit(overfull)
    }
    _exit(0)
  }

  private static func tree(_ arguments: ChildArguments, _ writer: DumpWriter) -> HDF5Entry {
    var status = stat()
    guard fstat(source, &status) == 0 else {
      return .unavailable(HDF5Error(Problem(.unopenable, "cannot examine the file"), file: ""))
    }
    let options = HDF5ReadOptions(skipped: arguments.skipped, limits: arguments.limits)
    do throws(HDF5Error) {
      return .group(
        try HDF5File.tree(
          path: "/dev/fd/\(source)", name: "", size: Int(status.st_size), options: options
        ) { byteCount throws(Problem) in try writer.allocate(byteCount) })
    } catch {
      return .unavailable(error)
    }
  }
}
