import Tensors
import Testing

@Suite struct NumPyTests {
  /// A file with the given header text and data.
  private func file(
    _ header: String, _ data: [UInt8] = [], major: UInt8 = 1, minor: UInt8 = 0
  ) -> [UInt8] {
    let length = header.utf8.count
    let size: [UInt8] =
      major == 1
      ? [UInt8(length & 0xff), UInt8(length >> 8)]
      : [UInt8(length & 0xff), UInt8(length >> 8), 0, 0]
    return [0x93] + Array("NUMPY".utf8) + [major, minor] + size + Array(header.utf8) + data
  }

  private func header(_ descr: String, _ shape: String, order: String = "False") -> String {
    "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': \(shape), }          \n"
  }

  @Test(arguments: ElementType.numeric, [Shape([]), [3], [2, 3], [2, 0, 4]])
  func whatIsWrittenReadsBack(type: ElementType, shape: Shape) throws {
    let count = shape.elementCount
    let tensor = Tensor(shape, (0..<count).map { Double($0 % 2) }).converted(to: type)
    let bytes = tensor.npyData
    let result = try Tensor(npy: bytes)
    #expect(result.type == tensor.type)
    #expect(result.doubles() == tensor.doubles())
    #expect((bytes.count - tensor.type.byteCount) % 64 == 0)
  }

  @Test(arguments: [1, 2, 3] as [UInt8])
  func everyVersionIsRead(major: UInt8) throws {
    let tensor = try Tensor(npy: file(header("<i2", "(2,)"), [1, 0, 2, 1], major: major))
    #expect(tensor.elements(as: Int16.self) == [1, 258])
  }

  @Test func bigEndianNumbersAreTurnedAround() throws {
    let tensor = try Tensor(npy: file(header(">i4", "(2,)"), [0, 0, 0, 1, 0, 0, 1, 0]))
    #expect(tensor.elements(as: Int32.self) == [1, 256])
  }

  @Test func fortranOrderIsTransposed() throws {
    let tensor = try Tensor(
      npy: file(header("|u1", "(2, 3)", order: "True"), [1, 4, 2, 5, 3, 6]))
    #expect(tensor.shape == [2, 3])
    #expect(tensor.elements(as: UInt8.self) == [1, 2, 3, 4, 5, 6])
    let empty = try Tensor(npy: file(header("<f4", "(2, 0)", order: "True")))
    #expect(empty.shape == [2, 0])
  }

  @Test func pythonsOtherSpellingsAreRead() throws {
    let text = "{\"shape\": (2L,),\"fortran_order\":False, 'descr':'|i1'}"
    #expect(try Tensor(npy: file(text, [1, 255])).elements(as: Int8.self) == [1, -1])
    #expect(try Tensor(npy: file(header("=u1", "( 1 , )"), [9])).elements(as: UInt8.self) == [9])
  }

  @Test func booleansAreNormalized() throws {
    let tensor = try Tensor(npy: file(header("|b1", "(3,)"), [0, 1, 7]))
    #expect(tensor.elements(as: Bool.self) == [false, true, true])
  }

  struct Malformed: Sendable, CustomStringConvertible {
    let description: String
    let bytes: [UInt8]
    let error: NumPyError
  }

  @Test func malformedFilesAreRefusedByTheirFault() {
    let good = header("<f4", "(2,)")
    let cases: [Malformed] = [
      Malformed(description: "nothing", bytes: [], error: .notNumPy),
      Malformed(description: "a zip", bytes: Array("PK\u{3}\u{4}zzzzzz".utf8), error: .notNumPy),
      Malformed(
        description: "version 4", bytes: file(good, major: 4),
        error: .unsupportedVersion(major: 4, minor: 0)),
      Malformed(
        description: "version 1.1", bytes: file(good, minor: 1),
        error: .unsupportedVersion(major: 1, minor: 1)),
      Malformed(
        description: "no header length", bytes: Array(file(good).prefix(9)),
        error: .truncatedHeader(expected: 10, found: 9)),
      Malformed(
        description: "cut header", bytes: Array(file(good).prefix(40)),
        error: .truncatedHeader(expected: 10 + good.utf8.count, found: 40)),
      Malformed(
        description: "no dictionary", bytes: file("[1]"), error: .malformedHeader("expected \"{\"")),
      Malformed(
        description: "no shape", bytes: file("{'descr': '<f4', 'fortran_order': False}"),
        error: .malformedHeader("\"descr\", \"fortran_order\" or \"shape\" is missing")),
      Malformed(
        description: "two shapes", bytes: file("{'shape': (1,), 'shape': (2,)}"),
        error: .malformedHeader("unexpected key \"shape\"")),
      Malformed(
        description: "another key", bytes: file("{'colour': 1}"),
        error: .malformedHeader("unexpected key \"colour\"")),
      Malformed(
        description: "a name without an end", bytes: file("{'descr"),
        error: .malformedHeader("a string does not end")),
      Malformed(
        description: "a bare name", bytes: file("{descr: 1}"),
        error: .malformedHeader("expected a quoted string")),
      Malformed(
        description: "an order that is neither", bytes: file(header("<f4", "(1,)", order: "Maybe")),
        error: .malformedHeader("\"fortran_order\" is neither True nor False")),
      Malformed(
        description: "a size that is none", bytes: file(header("<f4", "(x,)")),
        error: .malformedHeader("\"\" in \"shape\" is no size")),
      Malformed(
        description: "a size beyond 64 bits", bytes: file(header("<f4", "(99999999999999999999,)")),
        error: .malformedHeader("\"99999999999999999999\" in \"shape\" is no size")),
      Malformed(
        description: "text after the dictionary", bytes: file("{} x"),
        error: .malformedHeader("text after the dictionary")),
      Malformed(
        description: "a negative size", bytes: file(header("<f4", "(-1,)")),
        error: .impossibleShape([-1])),
      Malformed(
        description: "an overflowing shape",
        bytes: file(header("<f4", "(4611686018427387904, 4)")),
        error: .impossibleShape([4_611_686_018_427_387_904, 4])),
      Malformed(
        description: "an overflowing shape without elements",
        bytes: file(header("<f4", "(4611686018427387904, 4, 0)")),
        error: .impossibleShape([4_611_686_018_427_387_904, 4, 0])),
      Malformed(
        description: "too few bytes", bytes: file(good, [0, 0, 0, 0]),
        error: .wrongSize(expected: 8, found: 4)),
      Malformed(
        description: "too many bytes", bytes: file(good, [UInt8](repeating: 0, count: 9)),
        error: .wrongSize(expected: 8, found: 9)),
      Malformed(
        description: "strings without room", bytes: file(header("<U0", "(1,)")),
        error: .unsupportedType("<U0")),
      Malformed(
        description: "cut strings", bytes: file(header("|S4", "(2,)"), [65, 66, 67, 68]),
        error: .wrongSize(expected: 8, found: 4)),
      Malformed(
        description: "objects", bytes: file(header("|O", "(1,)")), error: .objectElements),
      Malformed(
        description: "complex numbers", bytes: file(header("<c8", "(1,)")),
        error: .unsupportedType("<c8")),
      Malformed(
        description: "no byte order", bytes: file(header("f4", "(1,)")),
        error: .unsupportedType("f4")),
      Malformed(
        description: "records", bytes: file("{'descr': [('a', '<f4')], 'shape': (1,)}"),
        error: .unsupportedType("structured")),
    ]
    for item in cases {
      #expect(throws: item.error, "\(item)") { try Tensor(npy: item.bytes) }
    }
  }

  @Test func stringsOfBytesEndBeforeTheirZeros() throws {
    let bytes = Array("ab\0\0\0c\0\0".utf8)
    let tensor = try Tensor(npy: file(header("|S4", "(2,)"), bytes))
    #expect(tensor.type == TensorType([2], .string))
    #expect(tensor.strings == ["ab", "\0c"])
  }

  @Test func stringsOfCodePointsAreReadInEitherByteOrder() throws {
    let little: [UInt8] = [0xE9, 0, 0, 0, 0x00, 0xF6, 1, 0, 0x41, 0, 0, 0, 0, 0, 0, 0]
    let tensor = try Tensor(npy: file(header("<U2", "(2,)"), little))
    #expect(tensor.strings == ["é\u{1F600}", "A"])
    let big: [UInt8] = [0, 0, 0, 0xE9, 0, 0, 0xD8, 0]
    #expect(try Tensor(npy: file(header(">U2", "()"), big)).strings == ["é\u{FFFD}"])
  }

  @Test func stringsInFortranOrderAreTransposed() throws {
    let tensor = try Tensor(npy: file(header("|S1", "(2, 3)", order: "True"), Array("adbecf".utf8)))
    #expect(tensor.strings == ["a", "b", "c", "d", "e", "f"])
  }

  @Test(arguments: [[], [""], ["", "naïve", "日本"]])
  func stringsThatAreWrittenReadBack(strings: [String]) throws {
    let tensor = try Tensor(npy: Tensor([strings.count], strings).npyData)
    #expect(tensor.strings == strings)
  }

  @Test func anArrayOfTooManyAxesIsRefused() {
    let ones = [Int](repeating: 1, count: 65)
    let shape = "(" + ones.map { "\($0)" }.joined(separator: ", ") + ")"
    #expect(throws: NumPyError.impossibleShape(ones)) {
      try Tensor(npy: file(header("|u1", shape, order: "True"), [1]))
    }
  }

  @Test func errorsReadAsOneLine() {
    #expect(
      NumPyError.wrongSize(expected: 8, found: 4).description
        == ".npy data: expected 8 bytes, found 4")
    #expect(NumPyError.impossibleShape([-1]).description == ".npy shape (-1,) is impossible")
  }
}
