import Foundation
import HDF5
import Testing

@Suite("Files that cannot be HDF5 are told apart before any process is started")
struct FileKindTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test(
    "what people take for HDF5 by mistake is named",
    arguments: [
      ("", "is empty, not an HDF5 file"),
      ("hello", "is not an HDF5 file"),
      ("PK\u{3}\u{4} and more", "is not an HDF5 file; it is a zip archive"),
      (
        "version https://git-lfs.github.com/spec/v1\n",
        "is not an HDF5 file; it is a Git LFS pointer, whose content was not fetched"
      ),
      ("<!DOCTYPE html><html>", "is not an HDF5 file; it is a web page"),
      ("<html><body>", "is not an HDF5 file; it is a web page"),
    ])
  func otherFiles(content: String, reason: String) throws {
    let path = try directory.write(content.utf8, to: "x.h5")
    let error = try #require(throws: HDF5Error.self) {
      try HDF5ChildReader.read(path: path, executable: "/bin/false")
    }
    #expect(error.kind == .notHDF5)
    #expect(error.description == "'\(path)': \(reason)")
  }

  @Test("a signature whose line ends were converted is named")
  func textTransfer() throws {
    let path = try directory.write([0x89, 0x48, 0x44, 0x46, 0x0A, 0x1A, 0x0A, 0, 0], to: "x.h5")
    let error = try #require(throws: HDF5Error.self) { try HDF5File.read(path: path) }
    #expect(error.kind == .notHDF5)
    #expect(error.reason.hasSuffix("its signature was damaged, as by a transfer in text mode"))
  }

  @Test("a file that is not there")
  func missingFile() throws {
    let path = directory.path("nothing.h5")
    let error = try #require(throws: HDF5Error.self) { try HDF5File.read(path: path) }
    #expect(error.kind == .unopenable)
    #expect(error.description == "'\(path)': cannot open the file: No such file or directory")
  }

  @Test("a directory")
  func directoryInPlaceOfFile() throws {
    let error = try #require(throws: HDF5Error.self) {
      try HDF5File.read(path: Fixtures.directory.path)
    }
    #expect(error.kind == .unopenable)
    #expect(error.reason == "is a directory, not a file")
  }

  @Test("a device, and a pipe that nobody writes to", .timeLimit(.minutes(1)))
  func specialFiles() throws {
    let pipe = directory.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in ["/dev/zero", pipe] {
      let error = try #require(throws: HDF5Error.self) { try HDF5File.read(path: path) }
      #expect(error.kind == .unopenable)
      #expect(error.reason == "is a device or a pipe, not a file")
    }
  }
}
