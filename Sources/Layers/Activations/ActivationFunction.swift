import ModelFormat
import Tensors

/// A function that a layer applies to what it computes: of each element by itself, or of each row
/// (the last axis) as a whole.
///
/// Keras: <https://keras.io/api/layers/activations/>
enum ActivationFunction: Sendable, Hashable {
  /// y[i] = f(x[i]), fused into the kernel that computes x.
  case elementwise(Activation)
  /// y[r, :] = f(x[r, :]), in place.
  case rows(RowFunction)

  /// The part that a kernel's epilogue does.
  var epilogue: Activation {
    switch self {
    case .elementwise(let activation): activation
    case .rows: .linear
    }
  }

  /// y = f(x) over rows, in place or not.
  func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    switch self {
    case .elementwise(let activation):
      CPUKernels.active.activate(activation, count: rows * width, x, into: y)
    case .rows(let function):
      if UnsafeRawPointer(x) != UnsafeRawPointer(y) { y.update(from: x, count: rows * width) }
      function.apply(y, rows: rows, width: width)
    }
  }
}

/// A function of the rows of a matrix, in place.
enum RowFunction: String, Sendable {
  /// exp(x) / Σ exp(x)
  case softmax
  /// x - log Σ exp(x)
  case logSoftmax = "log_softmax"
  /// The nearest point of the probability simplex (Martins and Astudillo, 2016).
  case sparsemax

  func apply(_ values: UnsafeMutablePointer<Float>, rows: Int, width: Int) {
    let kernels = CPUKernels.active
    switch self {
    case .softmax: kernels.softmax(outer: rows, count: width, values, into: values)
    case .logSoftmax: kernels.logSoftmax(outer: rows, count: width, values, into: values)
    case .sparsemax: kernels.sparsemax(rows: rows, count: width, values, into: values)
    }
  }
}
