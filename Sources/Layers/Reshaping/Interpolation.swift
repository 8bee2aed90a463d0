#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a picture's values between its pixels are found.
enum Interpolation: String, CaseIterable, Sendable {
  case nearest
  case bilinear
  case bicubic
  case lanczos3
  case lanczos5
  case area
  case gaussian
  case mitchellcubic
  /// TensorFlow 1's: the first pixels' corners are on each other.
  case bilinearFromOrigins = "bilinear_keras2"
  case nearestFromOrigins = "nearest_origins"
  case bicubicFromOrigins = "bicubic_origins"
  /// TensorFlow 1's with `align_corners`: the outermost pixels' centres are on each other.
  case bilinearBetweenCorners = "bilinear_corners"
  case nearestBetweenCorners = "nearest_corners"
  case bicubicBetweenCorners = "bicubic_corners"
  case areaBetweenCorners = "area_corners"

  /// Whether values are means of all pixels that an output stands for.
  var isArea: Bool { self == .area || self == .areaBetweenCorners }

  /// Whether the outermost pixels' centres are on each other.
  var isBetweenCorners: Bool {
    [
      .bilinearBetweenCorners, .nearestBetweenCorners, .bicubicBetweenCorners, .areaBetweenCorners,
    ].contains(self)
  }

  /// Whether the values at pixels are not the pixels': a picture changes even where its size stays.
  var isSmoothing: Bool { self == .gaussian || self == .mitchellcubic }

  /// Whether values lie on lines between neighbouring pixels.
  var isLinear: Bool {
    [.bilinear, .bilinearFromOrigins, .bilinearBetweenCorners].contains(self)
  }

  /// A weight by the distance from the centre, zero beyond a radius.
  struct Kernel {
    let radius: Float
    let weight: (Float) -> Float
  }

  /// The kernel of an interpolation that TensorFlow does with `ScaleAndTranslate`.
  var kernel: Kernel? {
    switch self {
    case .lanczos3: Self.lanczos(3)
    case .lanczos5: Self.lanczos(5)
    case .gaussian: Kernel(radius: 1.5) { $0 >= 1.5 ? 0 : exp(-2 * $0 * $0) }
    case .mitchellcubic: Kernel(radius: 2, weight: Self.mitchell)
    case .nearest, .bilinear, .bicubic, .area, .bilinearFromOrigins, .nearestFromOrigins,
      .bicubicFromOrigins, .bilinearBetweenCorners, .nearestBetweenCorners, .bicubicBetweenCorners,
      .areaBetweenCorners:
      nil
    }
  }

  /// The kernel by which an interpolation with antialias is done; nil where it knows none.
  var smoothKernel: Kernel? {
    switch self {
    case .bilinear: Kernel(radius: 1) { max(0, 1 - $0) }
    case .bicubic: Kernel(radius: 2, weight: Self.keys)
    default: kernel
    }
  }

  /// Keys's cubic with a = -1/2, at distances from 0 on.
  static func keys(_ x: Float) -> Float {
    if x >= 2 { return 0 }
    return x <= 1
      ? ((1.5 * x - 2.5) * x) * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
  }

  /// The weight sin(πx) sin(πx / r) r / (πx)².
  private static func lanczos(_ radius: Float) -> Kernel {
    Kernel(radius: radius) { x in
      if x > radius { return 0 }
      if x <= 1e-3 { return 1 }
      return radius * sin(.pi * x) * sin(.pi * x / radius) / (.pi * .pi * x * x)
    }
  }

  /// Mitchell's and Netravali's cubic with B = C = 1/3.
  private static func mitchell(_ x: Float) -> Float {
    if x >= 2 { return 0 }
    if x >= 1 { return ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9 }
    return (7.0 / 6 * x - 2) * x * x + 8.0 / 9
  }
}
