import Parity

/// The options that say how far a value may lie from what Keras computed.
struct AllowedDifference {
  static let atol = Option(
    "atol", value: "A", help: "difference allowed of itself (1e-07; 1e-04 at float16)")
  static let rtol = Option(
    "rtol", value: "R", help: "difference allowed for a magnitude of 1 (1e-05; 1e-02 at float16)")

  private let absolute: Double?
  private let relative: Double?

  init(_ arguments: Arguments) throws(UsageError) {
    absolute = try arguments.double(Self.atol)
    relative = try arguments.double(Self.rtol)
  }

  /// The tolerance with what the options ask for in the place of its parts.
  func applied(to tolerance: ParityTolerance) -> ParityTolerance {
    ParityTolerance(
      absolute: absolute ?? tolerance.absolute, relative: relative ?? tolerance.relative)
  }
}
