public import Tensors

/// A layer whose output is as long as the longest of its inputs' items asks for, which types do not
/// tell.
///
/// Such a layer reads an input of the model, which is measured before a run is planned.
public protocol MeasuringLayer: Layer {
  /// Whether the length depends on the input at all; where it does not, options tell it.
  var needsLength: Bool { get }

  /// The length that the whole of an input asks for.
  func length(for input: Tensor) -> Int
}
