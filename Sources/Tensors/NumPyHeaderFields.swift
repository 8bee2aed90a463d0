/// Reads the Python dictionary in a `.npy` header:
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` and spaces up to a newline.
struct NumPyHeaderFields {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: some Collection<UInt8>) {
    rest = Array(bytes)[...]
  }

  /// The three fields, each of them once, in any order.
  mutating func read() throws(NumPyError) -> (descr: String, isFortranOrder: Bool, sizes: [Int]) {
    var descr: String?
    var isFortranOrder: Bool?
    var sizes: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descr == nil: descr = try self.descr()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
      case "shape" where sizes == nil: sizes = try tuple()
      default: throw .malformedHeader("unexpected key \"\(key)\"")
      }
      guard take(",") else {
        try expect("}")
        break
      }
    }
    skipSpaces()
    guard rest.isEmpty else { throw .malformedHeader("text after the dictionary") }
    guard let descr, let isFortranOrder, let sizes else {
      throw .malformedHeader("\"descr\", \"fortran_order\" or \"shape\" is missing")
    }
    return (descr, isFortranOrder, sizes)
  }

  /// The element type; one with fields of its own is a list, which is named by what it is.
  private mutating func descr() throws(NumPyError) -> String {
    skipSpaces()
    if rest.first == UInt8(ascii: "[") { throw .unsupportedType("structured") }
    return try string()
  }

  private mutating func string() throws(NumPyError) -> String {
    skipSpaces()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw .malformedHeader("expected a quoted string")
    }
    rest = rest.dropFirst()
    guard let end = rest.firstIndex(of: quote) else {
      throw .malformedHeader("a string does not end")
    }
    let text = String(decoding: rest[..<end], as: UTF8.self)
    rest = rest[(end + 1)...]
    return text
  }

  private mutating func boolean() throws(NumPyError) -> Bool {
    if take("True") { return true }
    if take("False") { return false }
    throw .malformedHeader("\"fortran_order\" is neither True nor False")
  }

  private mutating func tuple() throws(NumPyError) -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !take(")") {
      sizes.append(try integer())
      guard take(",") else {
        try expect(")")
        break
      }
    }
    return sizes
  }

  /// A size; Python 2 wrote long ones with an `L`.
  private mutating func integer() throws(NumPyError) -> Int {
    skipSpaces()
    let minus = UInt8(ascii: "-")
    let digits = rest.prefix { $0 == minus || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let text = String(decoding: digits, as: UTF8.self)
    guard let value = Int(text) else {
      throw .malformedHeader("\"\(text)\" in \"shape\" is no size")
    }
    rest = rest[digits.endIndex...]
    _ = take("L")
    return value
  }

  private mutating func expect(_ token: String) throws(NumPyError) {
    guard take(token) else { throw .malformedHeader("expected \"\(token)\"") }
  }

  private mutating func take(_ token: String) -> Bool {
    skipSpaces()
    guard rest.starts(with: token.utf8) else { return false }
    rest = rest.dropFirst(token.utf8.count)
    return true
  }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }
}
