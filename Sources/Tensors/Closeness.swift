/// How far a tensor lies from a reference.
///
/// An element is close where `|value - reference| <= absolute + relative * scale`, the scale being
/// the largest finite magnitude in the reference. NaN is close to NaN, and an infinity to the same
/// infinity; otherwise they are infinitely far from anything. Of strings, equal ones are close; the
/// figures of others are not numbers.
public struct Closeness: Sendable, Hashable {
  /// The elements compared.
  public let count: Int
  /// The elements that are not close.
  public let countBeyond: Int
  /// The largest finite magnitude in the reference.
  public let scale: Double
  /// What an element may differ by.
  public let tolerance: Double
  /// The largest difference.
  public let maxAbsolute: Double
  /// The index of the element that differs most, one number for each axis; nil without elements.
  public let worstIndex: [Int]?
  /// The value there.
  public let value: Double
  /// The reference there.
  public let reference: Double

  /// Whether every element is close.
  public var isClose: Bool { countBeyond == 0 }

  /// The largest difference in units of the scale; 0 where there is none, even at scale 0.
  public var maxRelativeToScale: Double { maxAbsolute == 0 ? 0 : maxAbsolute / scale }

  /// Compares a tensor with a reference of the same shape; the types of their elements may differ.
  public init(
    of values: Tensor, to reference: Tensor, absolute: Double = 0, relative: Double = 1e-5
  ) throws(ClosenessError) {
    guard values.shape == reference.shape else {
      throw .shapes(expected: reference.shape, found: values.shape)
    }
    guard (values.elementType == .string) == (reference.elementType == .string) else {
      throw .elements(expected: reference.elementType, found: values.elementType)
    }
    self =
      reference.elementType == .string
      ? Self(ofStrings: values, to: reference)
      : Self(ofNumbers: values, to: reference, absolute: absolute, relative: relative)
  }

  private init(
    ofNumbers values: Tensor, to reference: Tensor, absolute: Double, relative: Double
  ) {
    let (found, expected) = (values.doubles(), reference.doubles())
    count = found.count
    scale = expected.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    tolerance = absolute + relative * scale
    var beyond = 0
    var worst = 0
    var largest = -1.0
    for index in found.indices {
      let difference = Self.difference(found[index], expected[index])
      if difference > tolerance { beyond += 1 }
      if difference > largest { (largest, worst) = (difference, index) }
    }
    countBeyond = beyond
    maxAbsolute = max(largest, 0)
    worstIndex = found.isEmpty ? nil : reference.shape.index(ofElement: worst)
    value = found.isEmpty ? 0 : found[worst]
    self.reference = found.isEmpty ? 0 : expected[worst]
  }

  private init(ofStrings values: Tensor, to reference: Tensor) {
    let (found, expected) = (values.strings, reference.strings)
    let different = found.indices.filter { found[$0] != expected[$0] }
    (count, countBeyond) = (found.count, different.count)
    (scale, tolerance) = (0, 0)
    maxAbsolute = different.isEmpty ? 0 : .infinity
    worstIndex = found.isEmpty ? nil : reference.shape.index(ofElement: different.first ?? 0)
    (value, self.reference) = (.nan, .nan)
  }

  private static func difference(_ value: Double, _ reference: Double) -> Double {
    if value == reference || value.isNaN && reference.isNaN { return 0 }
    let difference = abs(value - reference)
    return difference.isFinite ? difference : .infinity
  }
}

/// Why two tensors cannot be compared.
public enum ClosenessError: Error, Hashable, CustomStringConvertible {
  /// Their shapes differ.
  case shapes(expected: Shape, found: Shape)
  /// Only one of them holds strings.
  case elements(expected: ElementType, found: ElementType)

  /// The reason, in one line.
  public var description: String {
    switch self {
    case .shapes(let expected, let found): "expected shape \(expected), found \(found)"
    case .elements(let expected, let found):
      "expected elements of type \(expected.rawValue), found \(found.rawValue)"
    }
  }
}

extension Shape {
  /// The index of an element, one number for each axis, by its place in row-major order.
  public func index(ofElement element: Int) -> [Int] {
    var rest = element
    return strides.map { stride in
      defer { rest %= max(stride, 1) }
      return rest / max(stride, 1)
    }
  }
}
