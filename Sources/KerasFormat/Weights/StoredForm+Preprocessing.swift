import ModelFormat
import Tensors

extension StoredForm {
  /// The factors of a lookup layer's classes, which are options too.
  static let spareFactors = "spare_factors"

  /// What Keras 2's Discretization has counted, in place of the boundaries that follow of it.
  static let quantileSummary = "quantile_summary"

  /// The forms of layers that prepare what a model reads.
  static let preprocessingForms: [String: StoredForm] = [
    spareFactors: StoredForm(names: ["idf_weights"]) { _ in [] },
    quantileSummary: StoredForm(names: ["summary"]) { weights, config in
      guard let summary = weights.first?.tensor, summary.shape.rank == 2, summary.shape[0] == 2,
        let bins = config["num_bins"]?.int, bins > 0
      else { return nil }
      let boundaries = boundaries(summary, bins: bins)
      return [NamedWeight(name: "bin_boundaries", tensor: Tensor([boundaries.count], boundaries))]
    },
  ]

  /// The boundaries of as many bins of equal weight: the summary has values in order in its first
  /// row, and how many numbers each stands for in its second.
  ///
  /// Keras 2: `get_bin_boundaries` of `keras/layers/preprocessing/discretization.py`.
  private static func boundaries(_ summary: Tensor, bins: Int) -> [Float] {
    let (values, count) = (summary.numbers, summary.shape[1])
    let share = 1 / Double(bins)
    guard count > 0, Double(count) * share >= 1 else { return Array(values[..<count].dropLast()) }
    var sums = Array(values[count...])
    for index in 1..<count { sums[index] += sums[index - 1] }
    let total = sums[count - 1]
    let shares = sums.map { Double($0 / total) }
    return (0..<(bins - 1)).map { bin in
      Float(interpolated(at: share + Double(bin) * share, shares, values))
    }
  }

  /// The value at a place between those at `places`, which ascend.
  private static func interpolated(at place: Double, _ places: [Double], _ values: [Float])
    -> Double
  {
    guard let next = places.firstIndex(where: { $0 > place }) else {
      return Double(values[places.count - 1])
    }
    guard next > 0 else { return Double(values[0]) }
    let (low, high) = (Double(values[next - 1]), Double(values[next]))
    let slope = (high - low) / (places[next] - places[next - 1])
    return slope * (place - places[next - 1]) + low
  }
}
