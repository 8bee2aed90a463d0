#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Functions of single numbers that no kernel has, in double precision.
enum Scalar {
  /// The angle of the point (x, y).
  static func arctan2(_ y: Double, _ x: Double) -> Double { atan2(y, x) }

  /// The logarithm of eᵃ + eᵇ.
  static func logAddExp(_ a: Double, _ b: Double) -> Double {
    let top = max(a, b)
    return top.isInfinite ? top : top + log(exp(a - top) + exp(b - top))
  }

  /// a to the power b.
  static func power(_ a: Double, _ b: Double) -> Double { pow(a, b) }

  /// The natural logarithm.
  static func logarithm(_ x: Double) -> Double { log(x) }

  /// The logarithm to the base 10.
  static func logarithm10(_ x: Double) -> Double { log10(x) }

  /// The cosine.
  static func cosine(_ x: Double) -> Double { cos(x) }

  /// The sine.
  static func sine(_ x: Double) -> Double { sin(x) }

  /// The exponential.
  static func exponential(_ x: Double) -> Double { exp(x) }

  /// The logarithm to the base 2 of 2ᵃ + 2ᵇ.
  static func logAddExp2(_ a: Double, _ b: Double) -> Double {
    let top = max(a, b)
    return top.isInfinite ? top : top + log2(exp2(a - top) + exp2(b - top))
  }

  /// Functions of one number by the names of `keras.ops`.
  static let functions: [String: @Sendable (Double) -> Double] = [
    "Sin": { sin($0) }, "Cos": { cos($0) }, "Tan": { tan($0) },
    "Arcsin": { asin($0) }, "Arccos": { acos($0) }, "Arctan": { atan($0) },
    "Sinh": { sinh($0) }, "Cosh": { cosh($0) },
    "Arcsinh": { asinh($0) }, "Arccosh": { acosh($0) }, "Arctanh": { atanh($0) },
    "Log2": { log2($0) }, "Log10": { log10($0) }, "Exp2": { exp2($0) },
    "Erfc": { erfc($0) }, "Erfinv": { inverseErf($0) }, "Cbrt": { cbrt($0) },
    "Floor": { $0.rounded(.down) }, "Ceil": { $0.rounded(.up) },
    "Round": { $0.rounded(.toNearestOrEven) }, "Trunc": { $0.rounded(.towardZero) },
    "Sign": { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
    "Sinc": { $0 == 0 ? 1 : sin(Double.pi * $0) / (Double.pi * $0) },
    "Angle": { $0 < 0 ? Double.pi : 0 }, "I0": { besselI0($0) }, "Imag": { _ in 0 },
    "Digamma": { digamma($0) }, "Erfcinv": { inverseErf(1 - $0) }, "Lgamma": { lgamma($0) },
    "Ndtri": { 2.0.squareRoot() * inverseErf(2 * $0 - 1) },
    "Deg2rad": { $0 * Double.pi / 180 }, "Rad2deg": { $0 * 180 / Double.pi },
  ]

  /// The derivative of the logarithm of the gamma function: moved up, where a series holds.
  private static func digamma(_ x: Double) -> Double {
    if x <= 0, x == x.rounded() { return .nan }
    if x < 0 { return digamma(1 - x) - Double.pi / tan(Double.pi * x) }
    var (x, sum) = (x, 0.0)
    while x < 10 {
      sum -= 1 / x
      x += 1
    }
    let square = 1 / (x * x)
    let series = 1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square / 240))
    return sum + log(x) - 0.5 / x - square * series
  }

  /// The modified Bessel function of order zero, by its series, all of whose terms are positive.
  private static func besselI0(_ x: Double) -> Double {
    guard abs(x) < 700 else { return x.isFinite ? .infinity : .nan }
    var (sum, term, index) = (1.0, 1.0, 1.0)
    while term > 1e-17 * sum {
      term *= x * x / (4 * index * index)
      sum += term
      index += 1
    }
    return sum
  }

  /// The x whose erf is y, by Newton's method from Winitzki's approximation.
  private static func inverseErf(_ y: Double) -> Double {
    guard abs(y) < 1 else { return abs(y) == 1 ? y * .infinity : .nan }
    let a = 0.147
    let l = log(1 - y * y)
    let t = 2 / (Double.pi * a) + l / 2
    var x = (y < 0 ? -1 : 1) * (sqrt(t * t - l / a) - t).squareRoot()
    for _ in 0..<3 { x -= (erf(x) - y) / (2 / Double.pi.squareRoot() * exp(-x * x)) }
    return x
  }
}
