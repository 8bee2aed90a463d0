import ModelFormat
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The energy of each frame of a signal in bands of the mel scale: the magnitudes of the frame's
/// spectrum to the power `mag_exp`, weighed by ``MelScale``, and with `power_to_db` in decibels
/// below the largest of the batch, at most `top_db`.
///
/// Input: (…, time). Output: (…, num_mel_bins, frames); frames are centred on every
/// `sequence_stride`-th sample, of a signal that is mirrored at both ends.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/audio/mel_spectrogram/>
struct MelSpectrogram: Layer {
  static let classNames = ["MelSpectrogram"]

  private let frames: SignalFrames
  private let scale: MelScale
  private let exponent: Double
  private let decibels: (reference: Double, lowest: Double, range: Float)?

  var isBatchIndependent: Bool { decibels == nil }

  init(_ reader: inout LayerReader) {
    frames = SignalFrames(&reader, defaults: (2048, 512))
    let rate = reader.number("sampling_rate", default: 16_000)
    let high = reader.number("max_freq", default: (rate / 2).rounded(.towardZero))
    scale = MelScale(
      bands: reader.int("num_mel_bins", default: 128), frequencies: frames.length / 2 + 1,
      rate: Float(rate), low: Float(reader.number("min_freq", default: 20)), high: Float(high))
    exponent = reader.number("mag_exp", default: 2)
    let lowest = reader.number("min_power", default: 1e-10)
    let reference = reader.number("ref_power", default: 1).magnitude
    let range = Float(reader.number("top_db", default: 80))
    decibels = reader.bool("power_to_db", default: true) ? (reference, lowest, range) : nil
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let count = try frames.count(in: shape)
    return [TensorType(Shape(shape.dimensions.dropLast() + [scale.bands.count, count]))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (shape, output) = (call.inputs[0].shape, call.outputs[0].shape)
    let (samples, count) = (shape[-1], output[-1])
    let (exponent, bands) = (exponent, scale.bands)
    return .run { [self] buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      frames.forEach(of: shape.elementCount / max(samples, 1) * count, buffers.workers) {
        item, real, imaginary, transform in
        let (signal, frame) = item.quotientAndRemainder(dividingBy: count)
        frames.spectrum(x + signal * samples, samples, frame, (real, imaginary), transform)
        for bin in 0...(frames.length / 2) {
          let power = real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
          real[bin] = exponent == 2 ? power : pow(power.squareRoot(), exponent)
        }
        for (band, (first, weights)) in bands.enumerated() {
          var sum = 0.0
          for (index, weight) in weights.enumerated() {
            sum += real[first + index] * Double(weight)
          }
          y[(signal * bands.count + band) * count + frame] = Float(sum)
        }
      }
      if let decibels { Self.inDecibels(y, output.elementCount, decibels) }
    }
  }

  private static func inDecibels(
    _ y: UnsafeMutablePointer<Float>, _ count: Int,
    _ decibels: (reference: Double, lowest: Double, range: Float)
  ) {
    let zero = 10 * log10(max(decibels.reference, decibels.lowest))
    var top = -Float.infinity
    for index in 0..<count {
      y[index] = Float(10 * log10(max(Double(y[index]), decibels.lowest)) - zero)
      top = max(top, y[index])
    }
    for index in 0..<count { y[index] = max(y[index], top - decibels.range) }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    let count = call.outputs[0].shape.elementCount / max(scale.bands.count, 1)
    return count * frames.length * (Int.bitWidth - frames.length.leadingZeroBitCount)
  }
}
