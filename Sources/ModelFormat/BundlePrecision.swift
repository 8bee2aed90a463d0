public import Tensors

/// How exactly a bundle keeps a model's floating-point weights.
public enum BundlePrecision: String, CaseIterable, Sendable {
  /// At 32 bits; weights that are narrower in the source stay as they are.
  case float32
  /// At 16 bits, but for those that are few and delicate.
  case float16

  /// The type at which a weight is kept, apart from what its values ask for.
  ///
  /// At ``float16``, weights of fewer than two axes, biases and moving statistics stay at 32 bits:
  /// they are a small part of a model, and whole channels hang on each of their numbers.
  public func storedType(of weight: WeightDescription) -> ElementType {
    switch (self, weight.elementType) {
    case (_, .float64): storedType(of: weight, .float32)
    default: storedType(of: weight, weight.elementType)
    }
  }

  private func storedType(of weight: WeightDescription, _ type: ElementType) -> ElementType {
    guard self == .float16, type == .float32, weight.shape.count >= 2 else { return type }
    let name = weight.name.split(separator: "/").last.map(String.init) ?? weight.name
    return Self.delicateNames.contains(name) ? type : .float16
  }

  private static let delicateNames: Set = [
    "bias", "mean", "variance", "moving_mean", "moving_variance",
  ]
}
