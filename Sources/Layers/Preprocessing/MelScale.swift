#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The triangles by which frequencies at equal distances become bands at equal distances of the mel
/// scale, in single precision as Keras computes them.
///
/// Keras: `MelSpectrogram.linear_to_mel_weight_matrix`.
struct MelScale: Sendable {
  /// For each band its first frequency, and the weights of this one and those behind it.
  let bands: [(first: Int, weights: [Float])]

  /// The bands from `low` to `high` hertz over `frequencies` from zero to half of `rate`.
  init(bands count: Int, frequencies: Int, rate: Float, low: Float, high: Float) {
    let places = Self.spread(0, rate / 2, frequencies).map(Self.mel)
    let edges = Self.spread(Self.mel(low), Self.mel(high), count + 2)
    bands = (0..<count).map { band in
      let (lower, center, upper) = (edges[band], edges[band + 1], edges[band + 2])
      let weights = places.indices.map { index in
        // The lowest frequency, which is the mean, belongs to no band.
        index == 0
          ? 0
          : max(
            0,
            min(
              (places[index] - lower) / (center - lower), (upper - places[index]) / (upper - center)
            ))
      }
      let first = weights.firstIndex { $0 != 0 } ?? 0
      let last = weights.lastIndex { $0 != 0 } ?? -1
      return (first, Array(weights[first..<max(last + 1, first)]))
    }
  }

  private static func mel(_ hertz: Float) -> Float { 1127 * log(1 + hertz / 700) }

  /// `count` numbers from `first` to `last` at equal distances.
  private static func spread(_ first: Float, _ last: Float, _ count: Int) -> [Float] {
    let step = (last - first) / Float(max(count - 1, 1))
    return (0..<count).map { $0 > 0 && $0 == count - 1 ? last : first + step * Float($0) }
  }
}
