import Tensors

/// Layers of one folder, which are looked at when a class is sought that no group before has: a small
/// model needs few of them, and Swift makes each type's metadata at its first use.
final class LayerGroup: Sendable {
  let name: String
  private let layers: @Sendable () -> [any Layer.Type]
  private let types = Lock<[String: any Layer.Type]?>(nil)

  init(_ name: String, _ layers: @escaping @Sendable () -> [any Layer.Type]) {
    self.name = name
    self.layers = layers
  }

  /// The Keras classes of its layers, layer by layer.
  var classNames: [String] { layers().flatMap { $0.classNames } }

  /// The layer type for a Keras class, or nil.
  subscript(className: String) -> (any Layer.Type)? {
    types.withLock { types in
      let found = types ?? Self.types(of: layers())
      types = found
      return found[className]
    }
  }

  /// The layers by their classes; a later one takes the place of an earlier one of its name.
  static func types(of layers: [any Layer.Type]) -> [String: any Layer.Type] {
    var types: [String: any Layer.Type] = [:]
    types.reserveCapacity(4 * layers.count)
    for layer in layers {
      for name in layer.classNames { types[name] = layer }
    }
    return types
  }
}
