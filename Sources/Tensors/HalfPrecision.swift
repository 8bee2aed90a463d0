/// The single-precision number nearest to zero of those that a double lies between, its last bit
/// set where it had to be rounded.
///
/// Rounding that to half precision gives what rounding the double at once would give.
func roundedToOdd(_ value: Double) -> Float {
  let nearest = Float(value)
  guard Double(nearest) != value, nearest.isFinite, nearest.bitPattern & 1 == 0 else {
    return nearest
  }
  return Double(nearest) > value ? nearest.nextDown : nearest.nextUp
}
