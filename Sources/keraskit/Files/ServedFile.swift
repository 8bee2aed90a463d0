import Inference
import ModelFormat

/// A bundle to serve and the name that it goes by: `FILE` or `FILE=NAME`.
struct ServedFile {
  /// The name in the paths of requests.
  let name: String
  private let path: String

  /// The file and name that an operand of the command line asks for.
  init(_ operand: String) throws(UsageError) {
    if let sign = operand.lastIndex(of: "=") {
      path = String(operand[..<sign])
      name = String(operand[operand.index(after: sign)...])
    } else {
      path = operand
      let file = operand.split(separator: "/").last ?? ""
      name = String(file.lastIndex(of: ".").map { file[..<$0] } ?? file)
    }
    let isName = !name.isEmpty && name.utf8.allSatisfy(Self.isNameByte)
    guard isName else {
      throw UsageError(
        "model name \"\(name)\": expected letters, digits, '.', '_' and '-'; name it with FILE=NAME"
      )
    }
  }

  /// The model, its file's checksum verified.
  ///
  /// A server takes nothing but bundles: it is to run for long, and never parses foreign formats.
  func model() throws -> Model {
    guard try FileKind.of(path) == .safetensors else {
      throw Failure.badFile(path, "expected a bundle to serve; \"keraskit convert\" makes one")
    }
    return try ModelFile(path: path, isHashed: true).model()
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
