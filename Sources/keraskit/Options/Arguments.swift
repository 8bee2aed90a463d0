/// A command's operands and options as they were given.
struct Arguments {
  /// The arguments that are no options, in order.
  let operands: [String]
  private let given: Set<String>
  private let values: [String: [String]]

  init(operands: [String], given: Set<String>, values: [String: [String]]) {
    self.operands = operands
    self.given = given
    self.values = values
  }

  /// The arguments with values of options, by their names, that were not given.
  func filled(from defaults: [String: [String]]) -> Arguments {
    let missing = defaults.filter { !given.contains($0.key) }
    return Arguments(
      operands: operands, given: given.union(missing.keys),
      values: values.merging(missing) { given, _ in given })
  }

  /// Whether an option was given.
  func has(_ option: Option) -> Bool { given.contains(option.name) }

  /// The value of an option, or nil where it was not given.
  func value(of option: Option) -> String? { values[option.name]?.first }

  /// All values of an option that may be given more than once.
  func values(of option: Option) -> [String] { values[option.name] ?? [] }

  /// The value of an option as a whole number of `range`.
  func int(_ option: Option, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(of: option) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      let upper = range.upperBound == .max ? "" : " to \(range.upperBound)"
      throw UsageError(
        "\"--\(option.name)\": expected a whole number from \(range.lowerBound)\(upper), "
          + "found \"\(text)\"")
    }
    return value
  }

  /// The value of an option as a number of `range`; any that is not negative unless told otherwise.
  func double(
    _ option: Option, in range: ClosedRange<Double> = 0...(.greatestFiniteMagnitude)
  ) throws(UsageError) -> Double? {
    guard let text = value(of: option) else { return nil }
    guard let value = Double(text), range.contains(value) else {
      func shown(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? "\(bound)" }
      let upper =
        range.upperBound == .greatestFiniteMagnitude ? "" : " to \(shown(range.upperBound))"
      throw UsageError(
        "\"--\(option.name)\": expected a number from \(shown(range.lowerBound))\(upper), "
          + "found \"\(text)\"")
    }
    return value
  }

  /// The value of an option as one of the cases of `type`.
  func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ option: Option, as type: Value.Type
  ) throws(UsageError) -> Value? {
    guard let text = value(of: option) else { return nil }
    guard let value = Value(rawValue: text) else {
      let known = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
      throw UsageError("\"--\(option.name)\": expected \(known), found \"\(text)\"")
    }
    return value
  }
}
