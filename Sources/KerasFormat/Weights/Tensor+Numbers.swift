import Tensors

extension Tensor {
  /// The elements in single precision, whatever the type of numbers that a file stores them as.
  var numbers: [Float] { converted(to: .float32).elements(as: Float.self) }
}
