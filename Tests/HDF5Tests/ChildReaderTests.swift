import Foundation
import HDF5
import Testing

@Suite("Reading in a process of its own")
struct ChildReaderTests {
  private let directory: TemporaryDirectory
  private let path = Fixtures.path("superblock0.h5")

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test("a program that would not know what to do is never started")
  func unpreparedProgram() throws {
    let error = try #require(throws: HDF5Error.self) { try HDF5ChildReader.read(path: path) }
    #expect(error.kind == .crashed)
    #expect(
      error.reason == "this program cannot read it safely: it does not call 'runChildIfAsked'")
  }

  @Test("a crash is one error that names the file and the signal")
  func crash() throws {
    let error = try error(of: "kill -SEGV $$")
    #expect(
      error.description
        == "'\(path)': the HDF5 library crashed on it (signal 11, Segmentation fault); "
        + "the file is damaged or hostile")
  }

  @Test(
    "each way to end says what it was",
    arguments: [
      ("kill -KILL $$", "the process that reads it was killed, perhaps for want of memory"),
      ("kill -XCPU $$", "reading took more than the limit of 10 s of processor time"),
      ("exit 3", "the process that reads it could not put its limits in place"),
      ("exit 7", "the process that reads it ended with status 7"),
    ])
  func endings(script: String, reason: String) throws {
    let error = try error(of: script)
    #expect(error.kind == .crashed)
    #expect(error.reason == reason)
  }

  @Test(
    "more than fits is refused, by the process itself or by the kernel",
    arguments: ["exit 4", "kill -XFSZ $$"])
  func overfull(script: String) throws {
    let error = try error(of: script)
    #expect(error.kind == .refused)
    #expect(error.reason == "what it holds goes beyond the limits")
  }

  @Test("a process without end is killed when its time is over", .timeLimit(.minutes(1)))
  func endless() throws {
    var limits = HDF5Limits(fileSize: 0)
    limits.seconds = 0.3
    let start = ContinuousClock.now
    let error = try error(of: "exec sleep 60", limits)
    #expect(error.kind == .crashed)
    #expect(error.reason == "reading took longer than the limit of 0.3 s")
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("a process that closes everything and stays is killed, too", .timeLimit(.minutes(1)))
  func secretive() throws {
    var limits = HDF5Limits(fileSize: 0)
    limits.seconds = 0.3
    let error = try error(of: "exec 3>&- 4>&- 5>&-; exec sleep 60", limits)
    #expect(error.reason == "reading took longer than the limit of 0.3 s")
  }

  @Test("a program that is not there")
  func missingProgram() throws {
    let program = directory.path("nothing")
    let error = try #require(throws: HDF5Error.self) {
      try HDF5ChildReader.read(path: path, executable: program)
    }
    #expect(error.kind == .crashed)
    #expect(error.reason.hasPrefix("cannot start '\(program)' to read it"))
  }

  @Test("the program is called with the arguments before the hidden one")
  func arguments() throws {
    let root = try Shell.read(path, "exec '\(Fixtures.program)' \"$@\"")
    #expect(root.contains("model_weights"))
  }

  @Test("the program gets no input, no output, and none of the variables that steer the library")
  func environment() throws {
    let log = directory.path("log")
    let error = try error(of: "{ cat; env; } > '\(log)'; exit 7")
    #expect(error.reason.hasSuffix("status 7"))
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    #expect(lines.contains("SWIFT_BACKTRACE=enable=no"))
    let known: Set<Substring> = [
      "PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS",
      "SWIFT_BACKTRACE",
    ]
    let ofTheShell: Set<Substring> = ["PWD", "OLDPWD", "SHLVL", "_"]
    let names = Set(lines.map { $0.prefix { $0 != "=" } })
    #expect(names.isSubset(of: known.union(ofTheShell)))
  }

  @Test("a deleted file is read through its descriptor, and named as the caller says")
  func descriptor() throws {
    let copy = try directory.write(Fixtures.bytes("superblock0.h5"), to: "x.h5")
    let handle = try #require(FileHandle(forReadingAtPath: copy))
    try FileManager.default.removeItem(atPath: copy)
    let root = try HDF5ChildReader.read(
      descriptor: handle.fileDescriptor, name: "x.keras", executable: Fixtures.program)
    #expect(try root.dataset(at: "chunked").shape == [3, 4])
    let error = try #require(throws: HDF5Error.self) { try root.entry(at: "nothing") }
    #expect(error.file == "x.keras")
  }

  @Test("many files are read at once")
  func manyAtOnce() async throws {
    try await withThrowingTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          let root = try Reader.inChild.read(path)
          #expect(try root.dataset(at: "chunked").count == 12)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("descriptors are not used up")
  func descriptorsAreClosed() throws {
    func openDescriptors() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
    let before = try openDescriptors()
    for _ in 0..<20 {
      _ = try? Reader.inChild.read(path)
      _ = try? HDF5ChildReader.read(path: path, executable: "/nowhere")
    }
    // Other tests of this process run at the same time and hold some for a moment.
    #expect(try openDescriptors() < before + 20)
  }

  private func error(
    of script: String, _ limits: HDF5Limits = HDF5Limits(fileSize: 0)
  ) throws -> HDF5Error {
    try #require(throws: HDF5Error.self) {
      try Shell.read(path, script, options: HDF5ReadOptions(limits: limits))
    }
  }
}
