/// The layers that a model may be made of.
public struct LayerCatalog: Sendable {
  private var types: [String: any Layer.Type] = [:]

  /// A catalogue of the given layers; a later one takes the place of an earlier one of its name.
  public init(_ layers: [any Layer.Type]) {
    for layer in layers {
      for name in layer.classNames { types[name] = layer }
    }
  }

  /// The layer type for a Keras class, or nil.
  public subscript(className: String) -> (any Layer.Type)? { types[className] }

  /// The Keras classes in the catalogue, in alphabetical order.
  public var classNames: [String] { types.keys.sorted() }

  /// This catalogue and an application's own layer.
  public func adding(_ layer: any Layer.Type) -> LayerCatalog {
    var catalog = self
    for name in layer.classNames { catalog.types[name] = layer }
    return catalog
  }
}
