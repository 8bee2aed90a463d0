import Foundation
import HDF5
import Testing

/// The answer of the reading process is replayed, cut and changed: whatever a process that a file
/// took over may write, the parent ends with a tree or with an error.
@Suite("The parent believes nothing of the answer")
struct AnswerTests {
  private let directory: TemporaryDirectory
  private let path = Fixtures.path("types.h5")
  private let nonsense = "the process that read the file gave an answer that makes no sense"

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test("a faithful replay gives the tree")
  func replay() throws {
    let root = try read(answer: try recordedAnswer())
    #expect(try root.dataset(at: "rank/5").shape == [2, 1, 3, 1, 2])
  }

  @Test("an answer that is cut anywhere is refused")
  func cut() throws {
    let answer = try recordedAnswer()
    let lengths = stride(from: 0, to: answer.count, by: max(1, answer.count / 20))
    for length in Array(lengths) + [answer.count - 1] {
      let error = try #require(throws: HDF5Error.self) {
        try read(answer: Array(answer.prefix(length)))
      }
      #expect(error.reason == nonsense)
    }
  }

  @Test("an answer with something behind it is refused")
  func extended() throws {
    let error = try #require(throws: HDF5Error.self) {
      try read(answer: try recordedAnswer() + [0])
    }
    #expect(error.reason == nonsense)
  }

  @Test("noise is refused")
  func noise() throws {
    var generator = SplitMix(state: 1)
    for length in [1, 24, 64, 5000] {
      let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let error = try #require(throws: HDF5Error.self) { try read(answer: noise) }
      #expect(error.reason == nonsense)
    }
  }

  @Test("changed bytes give an error or a tree whose data can be touched")
  func changed() throws {
    let answer = try recordedAnswer()
    let description = try #require(answer.count > 4000 ? answer.count - 4000 : nil)
    var generator = SplitMix(state: 2)
    var refused = 0
    for _ in 0..<80 {
      var changed = answer
      let position = Int.random(in: description..<changed.count, using: &generator)
      changed[position] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
      do {
        touch(try read(answer: changed))
      } catch {
        refused += 1
        #expect((error as? HDF5Error)?.file == path)
      }
    }
    #expect(refused > 10)
  }

  @Test(
    "a process that could still change the answer is not believed",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
  func unsealable() throws {
    let answer = try directory.write(try recordedAnswer(), to: "answer")
    // The interpreter keeps a writable mapping in a process that outlives its parent.
    let script = """
      cat '\(answer)' >&3
      /usr/bin/python3 -c 'import mmap, os, sys, time
      m = mmap.mmap(3, 0)
      if os.fork() == 0: time.sleep(5)
      os._exit(0)' || exit 9
      """
    let error = try #require(throws: HDF5Error.self) { try Shell.read(path, script) }
    #expect(error.reason == nonsense)
  }

  private func recordedAnswer() throws -> [UInt8] {
    let file = directory.path("recorded-\(UUID())")
    // The answer goes into a file of ours, so that the reader finds its own empty.
    #expect(throws: HDF5Error.self) {
      try Shell.read(path, "exec '\(Fixtures.program)' \"$@\" 3<> '\(file)'")
    }
    return Array(try Data(contentsOf: URL(filePath: file)))
  }

  private func read(answer: [UInt8]) throws -> HDF5Group {
    let file = try directory.write(answer, to: "replayed-\(UUID())")
    return try Shell.read(path, "exec cat '\(file)' >&3")
  }

  private func touch(_ group: HDF5Group) {
    for entry in group.entries.values {
      switch entry {
      case .group(let group): touch(group)
      case .dataset(let dataset): _ = try? dataset.withBytes { $0.reduce(0, &+) }
      case .unavailable: break
      }
    }
  }
}
