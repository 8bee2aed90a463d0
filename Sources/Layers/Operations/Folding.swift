import ModelFormat
import Tensors

/// y = the sums of windows where they overlap: `Fold` of `keras.ops`, which puts what `Unfold` has
/// taken apart together again.
///
/// Input: (B, C · kernel, windows). Output: (B, C, H, W).
///
/// Keras: <https://keras.io/api/ops/nn/#fold-function>
struct Folding: Layer {
  static let classNames = ["ops.Fold"]

  private let output: [Int]
  private let kernel: [Int]
  private let window: WindowPlaces

  init(_ reader: inout LayerReader) {
    output = reader.ints("output_size", count: 2)
    kernel = reader.ints("kernel_size", count: 2)
    let padding = reader.ints("padding", count: 2, default: 0, in: 0...LayerReader.largestSize)
    window = WindowPlaces(
      kernel: kernel, strides: reader.ints("stride", count: 2, default: 1),
      dilation: reader.ints("dilation", count: 2, default: 1), before: padding, after: padding,
      output)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 3)
    let taps = kernel[0] * kernel[1]
    guard shape[1] % taps == 0, shape[2] == window.count[0] * window.count[1] else {
      throw LayerError(
        "expected \(window.count[0] * window.count[1]) windows of \(taps) places, found \(shape)")
    }
    return [TensorType(Shape([shape[0], shape[1] / taps] + output))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (window, kernel, output) = (window, kernel, output)
    let (taps, pixels) = (kernel[0] * kernel[1], output[0] * output[1])
    // The place of every window's every element, in the order of the input.
    let places = (0..<taps).flatMap { tap in
      (0..<shape[2]).map { index in
        window.place(
          [index / window.count[1], index % window.count[1]], [tap / kernel[1], tap % kernel[1]],
          in: output)
      }
    }
    return .run { buffers in
      let planes = shape[0] * shape[1] / taps
      buffers.workers.forEachRange(of: planes, grain: 1 + 8192 / max(places.count, 1)) { range in
        for plane in range {
          let (x, y) = (buffers.input(0) + plane * places.count, buffers.output() + plane * pixels)
          y.update(repeating: 0, count: pixels)
          for (index, place) in places.enumerated() {
            if let place { y[place] += x[index] }
          }
        }
      }
    }
  }
}
