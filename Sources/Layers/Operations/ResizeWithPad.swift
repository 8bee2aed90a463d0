import ModelFormat
import Tensors

/// y = the pictures as large as they fit into another size with their sides' proportions, by an
/// interpolation (``Resampling``), and zeros around them.
///
/// Input: (B, H, W, C). Output: (B, height, width, C).
///
/// TensorFlow: `tf.image.resize_with_pad`, which Keras 2 has no layer for.
struct ResizeWithPad: Layer {
  static let classNames = ["ops.ResizeWithPad"]

  private let height: Int
  private let width: Int
  private let interpolation: Interpolation
  private let antialiases: Bool

  init(_ reader: inout LayerReader) {
    height = reader.int("height")
    width = reader.int("width")
    interpolation = reader.choice("interpolation", default: Interpolation.bilinear)
    antialiases = reader.bool("antialias", default: false)
    // Numbers are computed in single precision, whatever they were.
    _ = reader.value("computes_in_float")
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 4)
    let fitted = fitted(shape)
    guard fitted.shape.dimensions.allSatisfy({ $0 > 0 }) else {
      throw LayerError("expected pictures that leave a pixel, found shape \(shape)")
    }
    return [TensorType([shape[0], height, width, shape[3]])]
  }

  /// The pictures as they fit, and the margins above and beside them, computed in single precision.
  private func fitted(_ shape: Shape) -> (shape: Shape, top: Int, left: Int) {
    let ratio = max(Float(shape[2]) / Float(width), Float(shape[1]) / Float(height))
    let (rows, columns) = (Float(shape[1]) / ratio, Float(shape[2]) / ratio)
    func margin(_ target: Int, _ size: Float) -> Int {
      max(Int(index: Double(((Float(target) - size) / 2).rounded(.down))), 0)
    }
    return (
      [shape[0], Int(index: Double(rows)), Int(index: Double(columns)), shape[3]],
      margin(height, rows), margin(width, columns)
    )
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let fitted = fitted(shape)
    let resampling = Resampling(
      interpolation, from: shape, to: fitted.shape, antialiases: antialiases)
    var frame = ImageFrame(height: height, width: width)
    (frame.top, frame.left) = (-fitted.top, -fitted.left)
    let placed = frame
    let count = fitted.shape.elementCount
    return .run(
      scratchBytes: (count + resampling.scratchCount) * MemoryLayout<Float>.stride
    ) { buffers in
      let pictures = buffers.scratch()
      if fitted.shape == shape {
        pictures.update(from: buffers.input(0), count: count)
      } else {
        resampling.run(
          buffers.input(0), pictures, scratch: buffers.scratch(from: count), buffers.workers)
      }
      placed.copy(pictures, of: fitted.shape, into: buffers.output(), fill: 0)
    }
  }
}
