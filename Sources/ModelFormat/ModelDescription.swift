/// A model's graph in one canonical dialect, whatever Keras version and carrier it came from.
///
/// The dialect is Keras 3's, made explicit: every layer is `channels_last`, masks are edges,
/// recurrent state is an input and an output, nested models and `TimeDistributed` are inlined under
/// their path (`encoder/dense`), and version differences are gone. It is plain data: `.h5` files
/// and bundles both become a description, and the runtime is made from nothing else.
public struct ModelDescription: Codable, Hashable, Sendable {
  /// The model's name.
  public var name: String
  /// The model's inputs in the order in which the model takes them.
  public var inputs: [InputDescription]
  /// Every layer, once, however often it is called.
  public var layers: [LayerDescription]
  /// Every call of a layer, each after the calls whose values it reads.
  public var nodes: [NodeDescription]
  /// The model's outputs in the order in which the model gives them.
  public var outputs: [OutputDescription]
  /// Values under the names of layers that were inlined: a nested model's name stands for its
  /// output (`name:1` for its second one, `name#1` for its second call).
  public var aliases: [String: String]

  /// A description of the given parts.
  public init(
    name: String, inputs: [InputDescription], layers: [LayerDescription],
    nodes: [NodeDescription], outputs: [OutputDescription], aliases: [String: String] = [:]
  ) {
    self.name = name
    self.inputs = inputs
    self.layers = layers
    self.nodes = nodes
    self.outputs = outputs
    self.aliases = aliases
  }
}
