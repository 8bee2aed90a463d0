/// How far a value may lie from its reference:
/// `|value - reference| <= absolute + relative * scale`, the scale being the largest finite
/// magnitude of the reference.
public struct ParityTolerance: Hashable, Sendable {
  /// The part that does not depend on the reference.
  public var absolute: Double
  /// The part that grows with the reference's largest magnitude.
  public var relative: Double

  /// A tolerance of the given parts.
  public init(absolute: Double, relative: Double) {
    self.absolute = absolute
    self.relative = relative
  }

  /// What weights at full precision must keep to.
  public static let float32 = ParityTolerance(absolute: 1e-7, relative: 1e-5)
  /// What weights at half precision, which has 11 significant bits, must keep to.
  public static let float16 = ParityTolerance(absolute: 1e-4, relative: 1e-2)
}
