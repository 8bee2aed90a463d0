import ModelFormat

/// The functions of `tf.signal`, and those that make complex numbers.
extension FunctionRule {
  static let signals: [String: FunctionRule] = [
    "dtypes.complex": FunctionRule(className: "ops.Complex", operands: ["imag"]),
    "signal.dct": cosines(["is_inverse": .bool(false)]),
    "signal.fft": transform("ops.FFT"), "signal.fft2d": transform("ops.FFT2"),
    "signal.fft3d": transform("ops.FFT3"),
    "signal.fftshift": FunctionRule(className: "ops.FFTShift", options: ["axes": "axes"]),
    "signal.frame": FunctionRule(
      className: "ops.SignalFrame",
      options: [
        "frame_length": "frame_length", "frame_step": "frame_step", "pad_end": "pad_end",
        "pad_value": "pad_value", "axis": "axis",
      ]),
    "signal.idct": cosines(["is_inverse": .bool(true)]),
    "signal.ifft": transform("ops.IFFT"), "signal.ifft2d": transform("ops.IFFT2"),
    "signal.ifft3d": transform("ops.IFFT3"),
    "signal.ifftshift": FunctionRule(className: "ops.IFFTShift", options: ["axes": "axes"]),
    "signal.irfft": ofLength("ops.IRFFT"), "signal.irfft2d": ofLength("ops.IRFFT2"),
    "signal.irfft3d": ofLength("ops.IRFFT3"),
    "signal.mfccs_from_log_mel_spectrograms": FunctionRule(
      className: "ops.DCT", defaults: ["norm": .string("mfcc")]),
    "signal.overlap_and_add": FunctionRule(
      className: "ops.OverlapAndAdd", options: ["frame_step": "frame_step"]),
    "signal.rfft": ofLength("ops.RFFT", isComplex: true),
    "signal.rfft2d": ofLength("ops.RFFT2", isComplex: true),
    "signal.rfft3d": ofLength("ops.RFFT3", isComplex: true),
  ]

  /// The spectra of pieces of signals, or the way back, under the window that the call names; what
  /// names none has TensorFlow's own.
  static func spectrogram(_ name: String, _ call: SourceCall) -> FunctionRule? {
    let isInverse = name == "signal.inverse_stft"
    var rule = FunctionRule(
      className: isInverse ? "ops.InverseSignalSTFT" : "ops.SignalSTFT",
      options: [
        "frame_length": "frame_length", "frame_step": "frame_step", "fft_length": "fft_length",
        "pad_end": "pad_end",
      ],
      defaults: isInverse ? [:] : ["is_complex": .bool(true)], idle: ["window_fn": .null])
    switch call.keywords["window_fn"]?.constant {
    case nil: rule.defaults["window"] = .string("hann")
    case .null: break
    case .string(let function):
      guard let window = windows[function] else { return nil }
      rule.defaults["window"] = .string(window)
    default: return nil
    }
    return rule
  }

  private static let windows = ["hann_window": "hann", "hamming_window": "hamming"]

  private static func transform(_ name: String) -> FunctionRule {
    FunctionRule(className: name, defaults: ["is_complex": .bool(true)], idle: ["norm": .null])
  }

  private static func ofLength(_ name: String, isComplex: Bool = false) -> FunctionRule {
    FunctionRule(
      className: name, options: ["fft_length": "fft_length"],
      defaults: isComplex ? ["is_complex": .bool(true)] : [:])
  }

  private static func cosines(_ defaults: [String: JSONValue]) -> FunctionRule {
    FunctionRule(
      className: "ops.DCT",
      options: ["type": "type", "n": "n", "norm": "norm"], defaults: defaults,
      idle: ["axis": .int(-1)])
  }
}
