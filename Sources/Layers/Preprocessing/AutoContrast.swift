import ModelFormat
import Tensors

/// y = each channel of a picture stretched over the whole `value_range`; a channel of one value
/// stays as it is.
///
/// Input and output: (B, H, W, C).
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/auto_contrast/>
struct AutoContrast: Layer {
  static let classNames = ["AutoContrast"]

  private let range: (low: Float, high: Float)

  init(_ reader: inout LayerReader) {
    _ = reader.value("data_format")
    let given = reader.value("value_range")
    let numbers = (given?.array ?? [.int(0), .int(255)]).compactMap(\.double).sorted()
    if numbers.count != 2 {
      reader.reject("value_range", "expected two numbers, found \(given ?? .null)")
    }
    range = (Float(numbers.first ?? 0), Float(numbers.last ?? 255))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(try call.onlyShape(rank: 4))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (channels, pixels) = (shape[3], shape[1] * shape[2])
    let rounding = context.rounding
    return .run { [self] buffers in
      buffers.workers.forEachRange(of: shape[0] * channels, grain: 1 + 4096 / max(pixels, 1)) {
        for plane in $0 {
          let start = plane / channels * pixels * channels + plane % channels
          if let rounding {
            stretch(
              buffers.input(0) + start, buffers.output() + start, pixels, stride: channels,
              rounding)
            continue
          }
          stretch(buffers.input(0) + start, buffers.output() + start, pixels, stride: channels)
        }
      }
    }
  }

  /// The same, every step rounded.
  private func stretch(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int, stride: Int,
    _ rounding: Rounding
  ) {
    let isPlain = range == (0, 255)
    let (least, width) = (rounding(range.low), rounding(range.high - range.low))
    func inBytes(_ value: Float) -> Float {
      isPlain ? value : rounding(rounding(rounding(value - least) / width) * 255)
    }
    var (low, high) = (Float.infinity, -Float.infinity)
    for index in 0..<count {
      let value = inBytes(x[index * stride])
      (low, high) = (min(low, value), max(high, value))
    }
    let scale = rounding(255 / rounding(high - low))
    let offset = rounding(-low * scale)
    for index in 0..<count {
      let value = rounding(rounding(inBytes(x[index * stride]) * scale) + offset)
      let result = min(max(value, 0), 255)
      let inRange = isPlain ? result : rounding(rounding(rounding(result / 255) * width) + least)
      y[index * stride] = value.isNaN ? x[index * stride] : inRange
    }
  }

  /// Keras's own steps, in values from 0 to 255.
  private func stretch(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int, stride: Int
  ) {
    let isPlain = range == (0, 255)
    let width = range.high - range.low
    func inBytes(_ value: Float) -> Float { isPlain ? value : (value - range.low) / width * 255 }
    var (low, high) = (Float.infinity, -Float.infinity)
    for index in 0..<count {
      let value = inBytes(x[index * stride])
      (low, high) = (min(low, value), max(high, value))
    }
    let scale = 255 / (high - low)
    let offset = -low * scale
    for index in 0..<count {
      let value = inBytes(x[index * stride]) * scale + offset
      let result = min(max(value, 0), 255)
      y[index * stride] =
        value.isNaN ? x[index * stride] : isPlain ? result : result / 255 * width + range.low
    }
  }
}
