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

  /// Pieces of some samples, of which the `inner` ones in the middle are under the window that the
  /// option `window` tells: a name, numbers, or `null` for none.
  init(
    length: Int, stride: Int, inner: Int, window: JSONValue, isCentered: Bool,
    isInverse: Bool = false
  ) throws(LayerError) {
    guard (1...(1 << 24)).contains(length), (1...length).contains(inner), stride > 0 else {
      throw LayerError("expected frames of at most \(length) samples, found \(inner)")
    }
    self.length = length
    self.stride = stride
    self.isCentered = isCentered
    transform = FourierTransform(count: length)
    guard !window.isNull else {
      self.window = [Double](repeating: 1, count: length)
      return
    }
    var padded = [Double](repeating: 0, count: length)
    let values = try Self.window(window, inner)
    let before = (length - inner) / 2
    padded.replaceSubrange(before..<(before + inner), with: values)
    self.window = isInverse ? Self.inverse(padded, stride) : padded
  }

  /// The pieces of a layer's options.
  init(_ reader: inout LayerReader, defaults: (length: Int, stride: Int)) {
    let length = reader.int("fft_length", default: defaults.length, in: 1...(1 << 24))
    let stride = reader.int("sequence_stride", default: defaults.stride)
    let inner = reader.int("sequence_length", default: length)
    let isNull = reader.isNull("window")
    let window = reader.value("window") ?? (isNull ? .null : .string("hann"))
    do throws(LayerError) {
      try self.init(length: length, stride: stride, inner: inner, window: window, isCentered: true)
    } catch {
      reader.reject("sequence_length", error.description)
      self.init(one: ())
    }
  }

  /// The pieces of an operation's options.
  init(_ call: ArrayCall, isInverse: Bool = false) throws(LayerError) {
    let options = call.options
    try self.init(
      length: options.int("fft_length", 0), stride: options.int("sequence_stride", 0),
      inner: options.int("sequence_length", 0), window: options["window"] ?? .null,
      isCentered: options.bool("center", true), isInverse: isInverse)
  }

  /// Pieces of one sample, in place of what cannot be read.
  private init(one: Void) {
    (length, stride, window, isCentered) = (1, 1, [1], true)
    transform = FourierTransform(count: 1)
  }

  /// The window that an option names or holds.
  private static func window(_ value: JSONValue, _ count: Int) throws(LayerError) -> [Double] {
    if let window = value.string.flatMap({ named($0, count) }) { return window }
    let numbers = (value["config"]?["value"] ?? value).array?.compactMap(\.double) ?? []
    guard numbers.count == count else {
      throw LayerError("expected \"hann\", \"hamming\" or \(count) numbers, found \(value)")
    }
    return numbers
  }

  /// The window under which pieces that overlap add up to the signal again.
  private static func inverse(_ window: [Double], _ stride: Int) -> [Double] {
    window.indices.map { place in
      let sum = Swift.stride(from: place % stride, to: window.count, by: stride)
        .reduce(0) { $0 + window[$1] * window[$1] }
      return window[place] / sum
    }
  }

  /// The samples that an inverse transform of `frames` pieces gives, counted from the first piece's
  /// first one.
  func range(of frames: Int, _ length: Int?) -> Range<Int> {
    let whole = self.length + stride * (frames - 1)
    let start = isCentered ? self.length / 2 : 0
    let end = length.map { start + $0 } ?? (isCentered ? whole - self.length / 2 : whole)
    return min(start, whole)..<max(min(end, whole), min(start, whole))
  }

  /// The window of a name, or nil where none has it.
  static func named(_ name: String, _ count: Int) -> [Double]? {
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
