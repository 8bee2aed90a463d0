import ModelFormat
import Tensors

/// The pieces into which `tf.signal` cuts a signal, each under a window that begins where it does.
///
/// A piece has `frame_length` samples, the next one begins `frame_step` samples later; with
/// `pad_end`, as many begin as there is room for, and numbers `pad_value` follow the signal.
///
/// TensorFlow: <https://www.tensorflow.org/api_docs/python/tf/signal/frame>
struct SignalCut: Sendable {
  /// The samples that a piece's transform takes, zeros behind the piece among them.
  let transformLength: Int
  /// The factor of each sample of a piece.
  let window: [Double]
  private let step: Int
  private let padsEnd: Bool
  private let filling: Double

  /// The pieces that a call's options tell; their `length` is told where the options do not.
  init(_ call: ArrayCall, length: Int? = nil) throws(LayerError) {
    let options = call.options
    let length = length ?? options.int("frame_length", 0)
    let step = options.int("frame_step", 0)
    guard (1...(1 << 24)).contains(length), (1...(1 << 24)).contains(step) else {
      throw LayerError(
        "expected frames of some samples, found a length of \(length) and a step of \(step)")
    }
    var enclosing = 1
    while enclosing < length { enclosing *= 2 }
    transformLength = options.int("fft_length", enclosing)
    guard (1...(1 << 24)).contains(transformLength) else {
      throw LayerError("expected a length of transforms, found \(transformLength)")
    }
    self.step = step
    window =
      options["window"]?.string.flatMap { SignalFrames.named($0, length) }
      ?? [Double](repeating: 1, count: length)
    padsEnd = options.bool("pad_end")
    filling = options.number("pad_value", 0)
  }

  /// The pieces of as many samples.
  func count(in samples: Int) -> Int {
    padsEnd
      ? (samples + step - 1) / step
      : samples < window.count ? 0 : 1 + (samples - window.count) / step
  }

  /// The samples of as many pieces.
  func samples(of count: Int) -> Int { step * (count - 1) + window.count }

  /// The pieces of the signals along the last axis, on a new axis before it.
  func pieces(of x: NumberArray) -> NumberArray {
    let samples = x.shape[-1]
    let count = count(in: samples)
    let elements = x.rows.flatMap { row in
      (0..<count).flatMap { piece in
        window.indices.map { place in
          let sample = piece * step + place
          return sample < samples ? row[row.startIndex + sample] : filling
        }
      }
    }
    return NumberArray(Shape(x.shape.dimensions.dropLast() + [count, window.count]), elements)
  }

  /// The signals that pieces add up to, where they overlap.
  func joined(_ pieces: NumberArray) -> NumberArray {
    let (count, length) = (pieces.shape[-2], pieces.shape[-1])
    let lead = Array(pieces.shape.dimensions.dropLast(2))
    let samples = samples(of: count)
    var result = NumberArray(Shape(lead + [samples]), repeating: 0)
    for item in 0..<lead.reduce(1, *) {
      for piece in 0..<count {
        for place in 0..<length {
          result.elements[item * samples + piece * step + place] +=
            pieces.elements[(item * count + piece) * length + place]
        }
      }
    }
    return result
  }
}
