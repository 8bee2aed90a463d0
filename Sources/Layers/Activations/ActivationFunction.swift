import ModelFormat
import Tensors

/// A function that a layer applies to what it computes: of each element by itself, or of each row
/// (the last axis) as a whole.
///
/// Keras: <https://keras.io/api/layers/activations/>
enum ActivationFunction: Sendable, Hashable {
  /// y[i] = f(x[i]), fused into the kernel that computes x.
  case elementwise(Activation)
  /// y[r, :] = f(x[r, :]).
  case rows(RowFunction)

  /// The part that a kernel's epilogue does.
  var epilogue: Activation {
    switch self {
    case .elementwise(let activation): activation
    case .rows: .linear
    }
  }

  /// Whether the function is of rows as a whole.
  var isOfRows: Bool {
    guard case .rows = self else { return false }
    return true
  }

  /// Whether numbers far from 0 stay so; functions of rows make them small.
  var keepsScale: Bool {
    guard case .elementwise(let activation) = self else { return false }
    return activation.keepsScale
  }

  /// The elements of a row that comes of a row of `width` elements.
  func outputWidth(of width: Int) -> Int {
    guard case .rows(let function) = self else { return width }
    return function.outputWidth(of: width)
  }

  /// y = f(x) over rows; `y` may be `x`, but not for `glu`.
  func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    switch self {
    case .elementwise(let activation):
      CPUKernels.active.activate(activation, count: rows * width, x, into: y)
    case .rows(let function):
      function.apply(x, into: y, rows: rows, width: width)
    }
  }
}
