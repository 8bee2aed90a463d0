/// The place of the largest or smallest of some numbers, the first of those that are equal.
struct BestPlace: Sendable {
  /// Whether the largest is looked for.
  let ofMaximum: Bool
  /// Whether -0 is as large as 0; otherwise, as Keras 3.9 and later have it, it lies just below, at
  /// the smallest normal number's negative.
  var equalsZeros = false

  /// The place in `values`, 0 where no number is better than an infinity.
  ///
  /// NaN is neither above nor below a number, and so never the best.
  func callAsFunction(_ values: UnsafeBufferPointer<Float>) -> Int {
    var (place, best) = (0, ofMaximum ? -Float.infinity : .infinity)
    for (index, number) in values.enumerated() {
      // TensorFlow takes what lies below the normal numbers for zeros.
      let isZero = number.magnitude < Float.leastNormalMagnitude
      let isBelow = isZero && !equalsZeros && number.sign == .minus
      let value = isBelow ? -Float.leastNormalMagnitude : isZero ? 0 : number
      if ofMaximum ? value > best : value < best { (place, best) = (index, value) }
    }
    return place
  }

  /// The same of whole numbers.
  func callAsFunction(_ values: UnsafeBufferPointer<Int64>) -> Int {
    values.firstIndex(of: (ofMaximum ? values.max() : values.min()) ?? 0) ?? 0
  }
}
