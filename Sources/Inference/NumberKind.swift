import Layers
import ModelFormat
import Tensors

/// How exact a value's numbers are, which all lie in single precision.
enum NumberKind: Hashable, Sendable {
  /// Of 32 bits.
  case single
  /// Of 16 bits.
  case half(Rounding)
  /// As exact as what they meet: constants, and whatever is no floating-point number.
  case any

  /// What numbers of the kind are rounded to.
  var rounding: Rounding? {
    guard case .half(let rounding) = self else { return nil }
    return rounding
  }

  /// The kind that a floating-point type names; nil for other types.
  init?(_ type: ElementType) {
    guard type.isFloatingPoint else { return nil }
    self = Rounding(type).map { .half($0) } ?? .single
  }

  /// The kind of what an operation makes of two values: as Keras promotes their types.
  func meeting(_ other: NumberKind) -> NumberKind {
    if self == .any { return other }
    return other == .any || other == self ? self : .single
  }
}

extension NumberKind {
  /// The kind that a layer gives by its options; nil where that depends on its inputs.
  static func given(by layer: LayerDescription) -> NumberKind? {
    let type = layer.config["dtype"]?.string.flatMap(ElementType.init)
    if layer.className == "Constant" { return .any }
    if layer.className.hasPrefix("ops.") || placeless.contains(layer.className) {
      return type.flatMap { NumberKind($0) }
    }
    return type.flatMap { NumberKind($0) } ?? .single
  }

  /// Layers that an importer puts between others, which have no policy of their own.
  private static let placeless: Set = ["FoldTime", "Transpose", "UnfoldTime"]
}
