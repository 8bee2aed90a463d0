import Serving

/// A model to serve: where its bundles are, the name that it goes by, and which versions of it.
struct ServedPath {
  /// The name in the paths of requests.
  var name: String
  /// A bundle, or a folder of versions.
  var path: String
  /// Which versions of a folder are served.
  var versions = VersionPolicy.latest
  /// Names of versions, such as `stable`.
  var labels: [String: Int] = [:]

  /// A path under the name of its last component, unless another is given.
  init(path: String, name: String? = nil) throws(UsageError) {
    self.path = path
    let file = path.split(separator: "/").last ?? ""
    let isBundle = file.hasSuffix(".safetensors")
    self.name = name ?? String(isBundle ? file.dropLast(".safetensors".count) : file)
    guard Self.isName(self.name) else {
      throw UsageError(
        "model name \"\(self.name)\": expected letters, digits, '.', '_' and '-'; name it with "
          + "FILE=NAME")
    }
  }

  /// The path and the name in an operand of the command line: `PATH` or `PATH=NAME`.
  init(operand: String) throws(UsageError) {
    guard let sign = operand.lastIndex(of: "=") else {
      try self.init(path: operand)
      return
    }
    try self.init(
      path: String(operand[..<sign]), name: String(operand[operand.index(after: sign)...]))
  }

  /// Whether a model can go by a name.
  static func isName(_ text: String) -> Bool {
    !["", ".", ".."].contains(text) && text.utf8.allSatisfy(isNameByte)
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
