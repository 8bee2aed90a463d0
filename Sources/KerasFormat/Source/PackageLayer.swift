import ModelFormat

/// Layers without weights that packages put into models, as the operations that they are.
enum PackageLayer {
  /// AutoKeras's, registered under the package that Keras gives where none is named:
  /// `autokeras/keras_layers.py`.
  private static let table: [String: (operation: String, config: [String: JSONValue])] = [
    "Custom>CastToFloat32": ("ops.Cast", ["dtype": .string("float32")]),
    "Custom>ExpandLastDim": ("ops.ExpandDims", ["axis": .int(-1)]),
  ]

  /// The layer as an operation; nil where it is none of these.
  static func translated(_ layer: SourceLayer) -> SourceLayer? {
    guard let (operation, config) = table[layer.className] else { return nil }
    var layer = layer
    layer.className = operation
    layer.config = config
    return layer
  }
}
