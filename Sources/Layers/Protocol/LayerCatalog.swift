/// The layers that a model may be made of.
public struct LayerCatalog: Sendable {
  private var types: [String: any Layer.Type] = [:]
  private var lambdas: [String: LambdaFunction] = [:]
  /// Layers besides those of `types`, which go first; no two of them have a class in common.
  private let groups: [LayerGroup]

  /// A catalogue of the given layers; a later one takes the place of an earlier one of its name.
  public init(_ layers: [any Layer.Type]) {
    types = LayerGroup.types(of: layers)
    groups = []
  }

  init(groups: [LayerGroup]) {
    self.groups = groups
  }

  /// The layer type for a Keras class, or nil.
  public subscript(className: String) -> (any Layer.Type)? {
    types[className] ?? groups.lazy.compactMap { $0[className] }.first
  }

  /// The Keras classes in the catalogue, in alphabetical order.
  public var classNames: [String] {
    Set(types.keys).union(groups.flatMap(\.classNames)).sorted()
  }

  /// This catalogue and an application's own layer.
  public func adding(_ layer: any Layer.Type) -> LayerCatalog {
    var catalog = self
    for name in layer.classNames { catalog.types[name] = layer }
    return catalog
  }

  /// This catalogue and what an application does in place of the `Lambda` of the given name, which
  /// is that of the layer, behind the names of nested models: `encoder/scale`.
  public func adding(lambda name: String, _ function: LambdaFunction) -> LayerCatalog {
    var catalog = self
    catalog.lambdas[name] = function
    return catalog
  }

  /// The layer in place of a `Lambda`, or nil where the application has none for it.
  package func lambda(named name: String) -> (any Layer)? {
    lambdas[name].map { LambdaLayer($0) }
  }
}
