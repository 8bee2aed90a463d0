import ModelFormat
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The spectrum of each frame of a signal: re = frame · real_kernel and im = frame · imag_kernel,
/// and of them what `mode` asks for: `real`, `imag`, `stft` (both, one behind the other), `angle`,
/// `psd` (re² + im², twice where a frequency stands for its negative too), `magnitude` or `log`.
///
/// Input: (B, time, C), or (B, C, time) with `channels_first`. Weights: real_kernel and imag_kernel
/// (frame, 1, F), which hold the window. Output: (B, frames, C·F), or (B, frames, F, C) with
/// `expand_dims`; with `channels_first` (B, C·F, frames), or (B, C, frames, F).
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/audio/stft_spectrogram/>
struct STFTSpectrogram: Layer {
  static let classNames = ["STFTSpectrogram"]

  private enum Mode: String, CaseIterable {
    case angle
    case imag
    case log
    case magnitude
    case psd
    case real
    case stft
  }

  private let mode: Mode
  private let window: SpatialWindow
  private let isChannelsFirst: Bool
  private let expands: Bool
  private let kernels: [Tensor]

  init(_ reader: inout LayerReader) {
    mode = reader.choice("mode", default: Mode.log)
    let length = reader.int("frame_length", default: 256)
    let step = reader.value("frame_step") == nil ? max(length / 2, 1) : reader.int("frame_step")
    window = SpatialWindow(
      kernel: [length], strides: [step], dilation: [1],
      padding: reader.padding(allowing: [.valid, .same]))
    isChannelsFirst = reader.value("data_format") == .string("channels_first")
    expands = reader.bool("expand_dims", default: false)
    for option in ["fft_length", "window", "periodic", "scaling"] { _ = reader.value(option) }
    let names = mode == .real ? ["real"] : mode == .imag ? ["imag"] : ["real", "imag"]
    var kernels: [Tensor] = []
    for name in names { kernels.append(reader.weight("\(name)_kernel", [length, 1, nil])) }
    self.kernels = kernels
  }

  /// The frequencies that a kernel tells.
  private var bins: Int { kernels[0].shape[2] }
  /// The numbers that a frame of one channel becomes.
  private var width: Int { mode == .stft ? 2 * bins : bins }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 3)
    let frames = try window.outputSizes(for: [shape[isChannelsFirst ? 2 : 1]])[0]
    let channels = shape[isChannelsFirst ? 1 : 2]
    let sizes =
      isChannelsFirst
      ? (expands ? [channels, frames, width] : [channels * width, frames])
      : (expands ? [frames, width, channels] : [frames, channels * width])
    return [TensorType(Shape([shape[0]] + sizes))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (length, bins, width) = (window.kernel[0], bins, width)
    let (time, channels) = isChannelsFirst ? (shape[2], shape[1]) : (shape[1], shape[2])
    let frames = try window.outputSizes(for: [time])[0]
    let (padding, step) = (window.padsBefore(for: [time])[0], window.strides[0])
    let panels = kernels.enumerated().map { index, kernel in
      context.shared("\(index)") {
        PackedMatrix(kernel, rows: length, columns: 0..<bins, of: bins)
      }
    }
    let (isFirst, expands, mode) = (isChannelsFirst, expands, mode)
    let signal = (step: isFirst ? 1 : channels, channel: isFirst ? time : 1)
    // From one frame, frequency and channel to the next in the output.
    let strides =
      isFirst
      ? (frame: expands ? width : 1, bin: expands ? 1 : frames, channel: width * frames)
      : (
        frame: width * channels, bin: expands ? channels : 1, channel: expands ? 1 : width
      )
    let memory = frames * (length + 2 * bins)
    return .run(scratchBytes: memory * MemoryLayout<Float>.stride) { buffers in
      let rows = buffers.scratch()
      let spectra = (rows + frames * length, rows + frames * (length + bins))
      for item in 0..<(shape[0] * channels) {
        let (batch, channel) = item.quotientAndRemainder(dividingBy: channels)
        let x = buffers.input(0) + batch * time * channels + channel * signal.channel
        for index in 0..<(frames * length) {
          let place = index / length * step + index % length - padding
          rows[index] = (0..<time).contains(place) ? x[place * signal.step] : 0
        }
        panels[0].multiply(rows: frames, rows, into: spectra.0, Epilogue(), buffers.workers)
        if panels.count > 1 {
          panels[1].multiply(rows: frames, rows, into: spectra.1, Epilogue(), buffers.workers)
        }
        let y = buffers.output() + batch * frames * width * channels + channel * strides.channel
        for index in 0..<(frames * width) {
          let (frame, bin) = index.quotientAndRemainder(dividingBy: width)
          let place = frame * bins + bin % bins
          y[frame * strides.frame + bin * strides.bin] = Self.value(
            mode, bin, of: bins, spectra.0[place], spectra.1[place])
        }
      }
    }
  }

  private static func value(
    _ mode: Mode, _ bin: Int, of bins: Int, _ first: Float, _ second: Float
  ) -> Float {
    let epsilon: Float = 1e-7
    switch mode {
    case .real, .imag: return first
    case .stft: return bin < bins ? first : second
    case .angle: return atan2(second, first)
    case .psd:
      let power = first * first + second * second
      return bin > 0 && bin < bins - 1 ? 2 * power : power
    case .magnitude, .log:
      let magnitude = max(first * first + second * second, epsilon).squareRoot()
      return mode == .log ? log(max(magnitude, epsilon)) : magnitude
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    call.outputs[0].shape.elementCount / max(width, 1) * bins * window.kernel[0] * kernels.count
  }
}
