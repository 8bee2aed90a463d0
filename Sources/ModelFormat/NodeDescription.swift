/// One call of a layer.
public struct NodeDescription: Codable, Hashable, Sendable {
  /// The call's name: the layer's for its first call, `name#1` for its second, and so on.
  public var name: String
  /// The name of the layer that is called.
  public var layer: String
  /// The values that the call reads: those given by position, in order, then those by keyword.
  public var inputs: [String]
  /// Where in `inputs` the values given by keyword stand: `["mask": 1]`.
  public var keywords: [String: Int]
  /// Arguments of the call that are no tensors: `["use_causal_mask": true]`.
  public var arguments: [String: JSONValue]
  /// The values that the call gives, by default one of the call's own name; further ones are
  /// `name:1`, `name:2`, ….
  public var outputs: [String]

  /// A call of the given parts.
  public init(
    name: String, layer: String, inputs: [String], keywords: [String: Int] = [:],
    arguments: [String: JSONValue] = [:], outputs: [String]? = nil
  ) {
    self.name = name
    self.layer = layer
    self.inputs = inputs
    self.keywords = keywords
    self.arguments = arguments
    self.outputs = outputs ?? [name]
  }
}
