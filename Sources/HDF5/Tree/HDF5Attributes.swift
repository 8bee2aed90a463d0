/// The attributes of one group or dataset, by name.
public struct HDF5Attributes: Sendable {
  private let values: [String: HDF5Attribute]
  private let file: String
  private let path: String

  init(_ values: [String: HDF5Attribute], file: String, path: String) {
    self.values = values
    self.file = file
    self.path = path
  }

  /// The names, sorted.
  public var names: [String] { values.keys.sorted() }

  /// The attribute of this name, if there is one.
  public subscript(_ name: String) -> HDF5Attribute? { values[name] }

  /// The only element of a string attribute, be it a scalar or an array of one.
  public func string(_ name: String) throws(HDF5Error) -> String {
    let strings = try strings(name)
    guard strings.count == 1 else {
      throw mismatch(name, "expected one string, found \(strings.count)")
    }
    return strings[0]
  }

  /// The elements of a string attribute.
  ///
  /// An attribute without elements gives an empty list whatever its type is: writers that know no
  /// type for an empty list store it as numbers.
  public func strings(_ name: String) throws(HDF5Error) -> [String] {
    let attribute = try attribute(name)
    if attribute.count == 0 { return [] }
    guard case .strings(let strings) = attribute.values else {
      throw mismatch(name, "expected strings, found \(attribute.summary)")
    }
    return strings
  }

  /// The only element of an integer attribute, be it a scalar or an array of one.
  public func integer(_ name: String) throws(HDF5Error) -> Int {
    let attribute = try attribute(name)
    guard case .integers(let integers) = attribute.values, integers.count == 1 else {
      throw mismatch(name, "expected one integer, found \(attribute.summary)")
    }
    return Int(integers[0])
  }

  private func attribute(_ name: String) throws(HDF5Error) -> HDF5Attribute {
    guard let attribute = values[name] else {
      throw HDF5Error(Problem(.missing, "has no attribute '\(name)'"), file: file, path: path)
    }
    if case .unavailable(let error) = attribute.values { throw error }
    return attribute
  }

  private func mismatch(_ name: String, _ reason: String) -> HDF5Error {
    HDF5Error(Problem(.mismatched, "attribute '\(name)': \(reason)"), file: file, path: path)
  }
}

extension HDF5Attribute {
  /// The sort and number of the elements, for messages.
  fileprivate var summary: String {
    switch values {
    case .strings: "strings of shape \(shape)"
    case .integers: "integers of shape \(shape)"
    case .floats: "floating-point numbers of shape \(shape)"
    case .bools: "truth values of shape \(shape)"
    case .unavailable: "nothing readable"
    }
  }
}
