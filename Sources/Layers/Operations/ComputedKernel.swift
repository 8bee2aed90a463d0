import ModelFormat
import Tensors

/// A convolution of which the graph computes the kernel, too: y[b, o, f] = Σ x[b, i, c] ·
/// kernel[t, c, f] over the taps t that lie inside the input; of groups of channels where the kernel
/// has fewer, and depthwise of every channel by itself.
///
/// Input: (B, spatial…, C), and a kernel (window…, C / groups, F), depthwise (window…, C, M).
/// Output: (B, spatial…, F), depthwise (B, spatial…, C · M).
struct ComputedKernel {
  /// The shape of the output.
  let output: Shape
  private let input: Shape
  private let kernel: Shape
  private let window: SpatialWindow
  private let isDepthwise: Bool

  /// The convolution of a call with two tensors, by the options of `keras.ops`.
  init(
    _ call: LayerCall, _ options: [String: JSONValue], name: String, isDepthwise: Bool
  ) throws(LayerError) {
    (input, kernel) = (call.inputs[0].shape, call.inputs[1].shape)
    self.isDepthwise = isDepthwise
    let rank = input.rank - 2
    guard (1...3).contains(rank), kernel.rank == input.rank, kernel[-2] > 0,
      isDepthwise ? kernel[-2] == input[-1] : input[-1] % kernel[-2] == 0,
      isDepthwise || kernel[-1] % (input[-1] / kernel[-2]) == 0
    else {
      throw LayerError("expected an input (B, spatial…, C) and its kernel, found \(call.inputs)")
    }
    var config = options
    config["kernel_size"] = .array(kernel.dimensions.prefix(rank).map { .int($0) })
    var reader = LayerReader(
      LayerDescription(name: name, className: "Conv\(rank)D", config: config), weights: [:])
    var window = reader.convolutionWindow(rank: rank)
    if !isDepthwise, kernel[-2] != input[-1] { window.clampsPadding = true }
    self.window = window
    if let problem = reader.problems.first {
      throw LayerError("\(problem.option ?? "kernel"): \(problem.reason)")
    }
    output = try window.outputShape(
      for: input, channels: isDepthwise ? kernel[-2] * kernel[-1] : kernel[-1])
  }

  /// The step that computes it.
  func step() -> Step {
    let places = output.dimensions.dropFirst().dropLast().reduce(1, *)
    return .run { buffers in
      let (x, weights, y) = (buffers.input(0), buffers.input(1), buffers.output())
      buffers.workers.forEachRange(of: output[0] * places, grain: 64) { range in
        for place in range {
          accumulate(
            x + place / places * (input.elementCount / max(input[0], 1)), place % places, weights,
            into: y + place * output[-1])
        }
      }
    }
  }

  /// The numbers of one place of an item.
  private func accumulate(
    _ item: UnsafePointer<Float>, _ place: Int, _ weights: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    let sizes = Array(input.dimensions.dropFirst().dropLast())
    let outputs = Array(output.dimensions.dropFirst().dropLast())
    let before = window.padsBefore(for: sizes)
    var sums = [Double](repeating: 0, count: output[-1])
    let inner = kernel[-2] * kernel[-1]
    tap: for tap in 0..<window.tapCount {
      var (rest, tapRest, source, stride) = (place, tap, 0, 1)
      for axis in sizes.indices.reversed() {
        let start = rest % outputs[axis] * window.strides[axis] - before[axis]
        let position = start + tapRest % window.kernel[axis] * window.dilation[axis]
        (rest, tapRest) = (rest / outputs[axis], tapRest / window.kernel[axis])
        guard position >= 0, position < sizes[axis] else { continue tap }
        source += position * stride
        stride *= sizes[axis]
      }
      add(item + source * input[-1], weights + tap * inner, to: &sums)
    }
    for (index, sum) in sums.enumerated() { y[index] = Float(sum) }
  }

  /// Adds one tap's products.
  private func add(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, to sums: inout [Double]
  ) {
    let (channels, filters) = (kernel[-2], kernel[-1])
    if isDepthwise {
      for index in sums.indices { sums[index] += Double(x[index / filters] * weights[index]) }
      return
    }
    let perGroup = filters / (input[-1] / channels)
    for filter in 0..<filters {
      let group = x + filter / perGroup * channels
      for channel in 0..<channels {
        sums[filter] += Double(group[channel] * weights[channel * filters + filter])
      }
    }
  }
}
