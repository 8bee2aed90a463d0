import ModelFormat

extension Model {
  /// Whether the model has a layer that brings pictures' numbers into another range.
  package var rescales: Bool {
    description.layers.contains { $0.className == "Rescaling" || $0.className == "Normalization" }
  }
}
