import Tensors

/// How windows of a convolution or a pooling lie on the spatial axes of their input.
///
/// Keras: `compute_conv_output_shape` and TensorFlow's rule for `same`.
struct SpatialWindow: Sendable {
  /// What lies around the input.
  enum Padding: String, CaseIterable, Sendable {
    /// Nothing: windows lie inside.
    case valid
    /// Zeros on both sides, one more behind where they are odd, so that size / stride outputs
    /// result.
    case same
    /// Zeros in front alone, so that no output depends on later inputs.
    case causal
    /// Zeros on both sides, so that every window that touches the input counts: Theano alone.
    case full
    /// Half a window of zeros on both sides, whatever the strides: Theano alone.
    case half
    /// As ``half``, without the windows behind size / stride outputs: what Keras's `same` is on
    /// Theano.
    case sameTheano = "same_theano"
    /// A window but one of zeros in front, but two for odd windows of 3 and more, and size / stride
    /// outputs: what the `same` of Keras's poolings is on Theano.
    case samePoolingTheano = "same_theano_pooling"
  }

  var kernel: [Int]
  var strides: [Int]
  var dilation: [Int]
  var padding: Padding
  /// Zeros around the input besides those of ``padding``, before and after each spatial axis.
  var margins: [(before: Int, after: Int)]
  /// Whether no window of `same` begins inside the input on three axes, either: where TensorFlow
  /// leaves a convolution to XLA, as one in groups or with its channels first.
  var clampsPadding = false

  init(kernel: [Int], strides: [Int], dilation: [Int], padding: Padding) {
    self.kernel = kernel
    self.strides = strides
    self.dilation = dilation
    self.padding = padding
    margins = kernel.map { _ in (0, 0) }
  }

  var rank: Int { kernel.count }
  /// The positions inside a window.
  var tapCount: Int { kernel.reduce(1, *) }

  /// The size of a window with its holes, along one axis.
  func extent(_ axis: Int) -> Int { (kernel[axis] - 1) * dilation[axis] + 1 }

  /// Whether the windows are the input's elements, one by one.
  var isPointwise: Bool {
    kernel.allSatisfy { $0 == 1 } && strides.allSatisfy { $0 == 1 }
      && margins.allSatisfy { $0 == (0, 0) }
  }

  /// The window over an input with more zeros around it; nil where `same` would count them in.
  func padded(by margins: [(before: Int, after: Int)]) -> SpatialWindow? {
    guard padding == .valid, margins.count == rank else { return nil }
    var window = self
    window.margins = zip(self.margins, margins).map {
      ($0.before + $1.before, $0.after + $1.after)
    }
    return window
  }

  /// The number of windows along each spatial axis.
  func outputSizes(for sizes: [Int]) throws(LayerError) -> [Int] {
    var outputs: [Int] = []
    for (axis, inner) in sizes.enumerated() {
      let size = inner + margins[axis].before + margins[axis].after
      switch padding {
      case .same, .causal, .sameTheano, .samePoolingTheano:
        outputs.append((size + strides[axis] - 1) / strides[axis])
      case .full:
        outputs.append((size + extent(axis) + strides[axis] - 2) / strides[axis])
      case .half:
        outputs.append((size + extent(axis) / 2 * 2 - extent(axis)) / strides[axis] + 1)
      case .valid:
        guard size >= extent(axis) else {
          throw LayerError(
            "expected a size of at least \(extent(axis)) on spatial axis \(axis), found \(size)")
        }
        outputs.append((size - extent(axis)) / strides[axis] + 1)
      }
    }
    return outputs
  }

  /// The zeros in front of each spatial axis; less than none where windows begin inside, as those
  /// of `same` do in TensorFlow on three axes where strides pass over part of the input.
  func padsBefore(for sizes: [Int]) -> [Int] {
    sizes.enumerated().map { axis, size in
      switch padding {
      case .valid: return margins[axis].before
      case .causal, .full: return extent(axis) - 1
      case .half, .sameTheano: return extent(axis) / 2
      case .samePoolingTheano:
        let size = kernel[axis]
        return size > 2 && size % 2 == 1 ? size - 2 : size - 1
      case .same:
        let outputs = (size + strides[axis] - 1) / strides[axis]
        let zeros = (outputs - 1) * strides[axis] + extent(axis) - size
        return (rank == 3 && !clampsPadding ? zeros : max(zeros, 0)) / 2
      }
    }
  }
}

extension LayerReader {
  /// Reads `padding`, which is `valid` unless told otherwise.
  mutating func padding(allowing allowed: [SpatialWindow.Padding]) -> SpatialWindow.Padding {
    let padding = choice("padding", default: SpatialWindow.Padding.valid)
    if !allowed.contains(padding) {
      let known = allowed.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      reject("padding", "expected one of \(known), found \"\(padding.rawValue)\"")
    }
    return padding
  }
}
