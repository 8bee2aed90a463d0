/// How near a bundle's results come to Keras's on the reference cases it holds.
public struct BundleParity: Hashable, Sendable {
  /// The number of cases: the first axis of the reference's inputs.
  public var cases: Int
  /// The number of values compared: outputs and layers' activations.
  public var values: Int
  /// The largest difference of any element.
  public var maximumAbsolute: Double
  /// The largest difference relative to the largest magnitude of its value.
  public var maximumRelative: Double

  /// The given figures.
  public init(cases: Int, values: Int, maximumAbsolute: Double, maximumRelative: Double) {
    self.cases = cases
    self.values = values
    self.maximumAbsolute = maximumAbsolute
    self.maximumRelative = maximumRelative
  }

  /// The figures as JSON, the way a bundle stores them.
  package var json: JSONValue {
    .object([
      "cases": .int(cases),
      "values": .int(values),
      "maximum_absolute": .double(maximumAbsolute),
      "maximum_relative": .double(maximumRelative),
    ])
  }

  init(json: JSONValue) throws(DescriptionError) {
    var members = try JSONMembers(json, at: "parity")
    cases = try members.int("cases")
    values = try members.int("values")
    maximumAbsolute = try members.double("maximum_absolute")
    maximumRelative = try members.double("maximum_relative")
    try members.finish()
  }
}
