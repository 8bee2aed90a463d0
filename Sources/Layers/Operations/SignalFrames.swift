import ModelFormat
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The pieces that a short-time Fourier transform cuts a signal into, and their window.
///
/// A piece has `fft_length` samples, of which the `sequence_length` in the middle are under the
/// window, or all where there is none; the next one begins `sequence_stride` samples later. With `center` the signal is mirrored
/// by half a piece at both ends.
///
/// Keras: `keras.ops.stft`.
struct SignalFrames: Sendable {
  /// The samples of a piece.
  let length: Int
  /// The samples from one piece to the next.
  let stride: Int
  /// The factor of each sample of a piece.
  let window: [Double]
  /// Whether the first piece is centred on the first sample.
  let isCentered: Bool
  private let transform: FourierTransform

  /// Reads the options of a layer or an operation.
  init(
    _ reader: inout LayerReader, defaults: (length: Int, stride: Int)?, isCentered: Bool
  ) {
    length = reader.int("fft_length", default: defaults?.length, in: 1...(1 << 24))
    stride = reader.int("sequence_stride", default: defaults?.stride)
    let inner = reader.int("sequence_length", default: defaults == nil ? nil : length)
    if inner > length {
      reader.reject("sequence_length", "expected at most \(length), found \(inner)")
    }
    self.isCentered = isCentered
    let (length, before) = (length, max(length - inner, 0) / 2)
    let window = Self.window(&reader, min(inner, length)).map { values in
      var window = [Double](repeating: 0, count: length)
      window.replaceSubrange(before..<(before + values.count), with: values)
      return window
    }
    self.window = window ?? [Double](repeating: 1, count: length)
    transform = FourierTransform(count: length)
  }

  /// The window that an option names or holds; nil where there is none.
  private static func window(_ reader: inout LayerReader, _ count: Int) -> [Double]? {
    if reader.layer.config["window"] == nil { return named("hann", count) }
    guard let value = reader.value("window") else { return nil }
    if let name = value.string {
      if let window = named(name, count) { return window }
      reader.refuse("window", "expected \"hann\", \"hamming\" or numbers, found \"\(name)\"")
      return nil
    }
    let numbers = reader.numbers("window")?.elements(as: Float.self) ?? []
    guard numbers.count == count else {
      reader.reject("window", "expected \(count) numbers, found \(value)")
      return nil
    }
    return numbers.map(Double.init)
  }

  private static func named(_ name: String, _ count: Int) -> [Double]? {
    let base: Double
    switch name {
    case "hann": base = 0.5
    case "hamming": base = 0.54
    default: return nil
    }
    // TensorFlow's windows are periodic where their length is even.
    let period = Double(count - count % 2)
    guard count > 1 else { return [1] }
    return (0..<count).map { base - (1 - base) * cos(2 * Double.pi * Double($0) / period) }
  }

  /// The pieces of signals along the last axis.
  func count(in shape: Shape) throws(LayerError) -> Int {
    let samples = shape.dimensions.last ?? 0
    let margin = isCentered ? length / 2 : 0
    guard samples > margin, samples + 2 * margin >= length else {
      throw LayerError("expected signals of more than \(margin) samples, found shape \(shape)")
    }
    return 1 + (samples + 2 * margin - length) / stride
  }

  /// The sample that stands at a place of a piece.
  func sample(_ place: Int, of frame: Int, in samples: Int) -> Int {
    let position = frame * stride + place - (isCentered ? length / 2 : 0)
    if position < 0 { return -position }
    return position < samples ? position : 2 * (samples - 1) - position
  }

  /// Calls `body` for numbers below `count`, with memory for a piece's spectrum and scratch memory
  /// of the transform, each thread with its own.
  func forEach(
    of count: Int, _ workers: WorkerPool,
    _ body: (
      Int, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
    ) -> Void
  ) {
    let memory = 2 * length + transform.scratchCount
    workers.forEachRange(of: count, grain: 1 + 8192 / length) { range in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: memory) { buffer in
        buffer.initialize(repeating: 0)
        guard let start = buffer.baseAddress else { return }
        for item in range { body(item, start, start + length, start + 2 * length) }
      }
    }
  }

  /// The spectrum of one piece of a signal.
  func spectrum(
    _ signal: UnsafePointer<Float>, _ samples: Int, _ frame: Int, _ parts: FourierTransform.Parts,
    _ scratch: UnsafeMutablePointer<Double>
  ) {
    for place in 0..<length {
      parts.real[place] = Double(signal[sample(place, of: frame, in: samples)]) * window[place]
      parts.imaginary[place] = 0
    }
    transform.run(parts, scratch: scratch)
  }
}
