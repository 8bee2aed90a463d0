import Foundation
import ModelFormat
import TemporaryFolders
import Testing

/// What becomes of the paths that the program writes to.
@Suite struct OutputTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func convert(to name: String) throws -> Keraskit.Result {
    try Keraskit.run("convert", Fixture.dense, "-o", folder(name))
  }

  private func mode(of name: String) throws -> mode_t {
    var status = stat()
    try #require(lstat(folder(name), &status) == 0)
    return status.st_mode
  }

  @Test func aLinkStaysAndWhatItNamesIsReplaced() throws {
    try "old".write(toFile: folder("file"), atomically: false, encoding: .utf8)
    #expect(symlink("file", folder("link")) == 0)
    #expect(symlink("later", folder("dangling")) == 0)
    for link in ["link", "dangling"] {
      #expect(try convert(to: link).status == 0)
      #expect(try mode(of: link) & S_IFMT == S_IFLNK)
    }
    #expect(try BundleReader(path: folder("file")).contents.weights.isEmpty == false)
    #expect(try folder.names == ["dangling", "file", "later", "link"])
  }

  @Test func linksInACircleAreRefused() throws {
    #expect(symlink("b", folder("a")) == 0)
    #expect(symlink("a", folder("b")) == 0)
    let result = try convert(to: "a")
    #expect(result.status == 2)
    #expect(result.errors.contains("too many levels of symbolic links"))
  }

  @Test func theModeOfAFileIsKept() throws {
    try "old".write(toFile: folder("m.st"), atomically: false, encoding: .utf8)
    #expect(chmod(folder("m.st"), 0o640) == 0)
    #expect(try convert(to: "m.st").status == 0)
    #expect(try mode(of: "m.st") & 0o7777 == 0o640)
  }

  @Test func whatIsNoFileIsRefused() throws {
    try FileManager.default.createDirectory(
      atPath: folder("folder"), withIntermediateDirectories: false)
    let result = try convert(to: "folder")
    #expect(result.status == 2)
    #expect(
      result.errors.hasSuffix("cannot write: expected a regular file, found a folder\n"))
  }

  @Test func blockDevicesAreRefused() throws {
    // Only root makes devices; no driver stands behind this number.
    guard mknod(folder("disk"), S_IFBLK | 0o600, makeDevice(240, 200)) == 0 else { return }
    let result = try convert(to: "disk")
    #expect(result.status == 2)
    #expect(result.errors.contains("found a block device"))
    #expect(try mode(of: "disk") & S_IFMT == S_IFBLK)
  }

  @Test(arguments: ["m.st", "m.npz", "m.html"]) func aFIFOIsWrittenTo(name: String) throws {
    #expect(mkfifo(folder(name), 0o600) == 0)
    try #"[[1, 2, 3, 4, 5, 6, 7]]"#.write(
      toFile: folder("in.json"), atomically: false, encoding: .utf8)
    let path = folder(name)
    let reader = Thread.reading(path)
    let result =
      switch name {
      case "m.st": try convert(to: name)
      case "m.npz":
        try Keraskit.run(
          "predict", Fixture.dense, "--input", folder("in.json"), "--output", folder(name))
      default:
        try Keraskit.run(
          "verify", Fixture.dense, "--reference", Fixture.denseReference, "--html", folder(name))
      }
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(try mode(of: name) & S_IFMT == S_IFIFO)
    #expect(reader().count > 100)
  }

  @Test func aFileThatIsReadIsNotReplaced() throws {
    let model = folder("model.h5")
    try FileManager.default.copyItem(atPath: Fixture.dense, toPath: model)
    let before = try Data(contentsOf: URL(filePath: model))
    #expect(link(model, folder("other.svg")) == 0)
    for arguments in [
      ["convert", model, "-o", folder("other.svg")],
      ["inspect", model, "--plot", folder("other.svg")],
      ["verify", model, "--reference", Fixture.denseReference, "--html", folder("./model.h5")],
    ] {
      let result = try Keraskit.run(arguments)
      #expect(result.status == 2)
      #expect(result.errors.contains("the output is the same file as the input"))
    }
    #expect(try Data(contentsOf: URL(filePath: model)) == before)
  }

  @Test(arguments: [SIGKILL])
  func aConversionThatIsInterruptedLeavesNothing(signal: Int32) throws {
    // Nobody reads the FIFO, so the program waits there with all bytes in its temporary file.
    #expect(mkfifo(folder("m.st"), 0o600) == 0)
    let process = Process()
    process.executableURL = Keraskit.executable
    process.arguments = ["convert", Fixture.dense, "-o", folder("m.st")]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["TMPDIR": folder.path]) { $1 }
    try process.run()
    usleep(400_000)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == signal)
    #expect(try folder.names == ["m.st"])
  }

  private func makeDevice(_ major: Int, _ minor: Int) -> dev_t { dev_t(major << 8 | minor) }
}

extension Thread {
  /// Reads the file at `path` to its end on a thread of its own; the result waits for it.
  static func reading(_ path: String) -> () -> Data {
    nonisolated(unsafe) var data = Data()
    let done = DispatchSemaphore(value: 0)
    detachNewThread {
      // Opened by hand, so that the reader is there until the writer is done.
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      var bytes = [UInt8](repeating: 0, count: 65_536)
      while case let count = read(descriptor, &bytes, bytes.count), count > 0 {
        data.append(contentsOf: bytes[..<count])
      }
      close(descriptor)
      done.signal()
    }
    return {
      done.wait()
      return data
    }
  }
}
