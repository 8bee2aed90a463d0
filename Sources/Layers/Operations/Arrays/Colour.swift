/// Colours as red, green and blue, and as hue, saturation and value, as TensorFlow tells them.
enum Colour {
  /// The hue, saturation and value of red, green and blue.
  static func hsv(_ rgb: [Double]) -> [Double] {
    let (r, g, b) = (rgb[0], rgb[1], rgb[2])
    let (top, low) = (max(r, g, b), min(r, g, b))
    let range = top - low
    let saturation = top > 0 ? range / top : 0
    guard range > 0 else { return [0, saturation, top] }
    let norm = 1 / (6 * range)
    let hue =
      r == top
      ? norm * (g - b) : g == top ? norm * (b - r) + 2 / 6.0 : norm * (r - g) + 4 / 6.0
    return [hue < 0 ? hue + 1 : hue, saturation, top]
  }

  /// The red, green and blue of hue, saturation and value.
  static func rgb(_ hsv: [Double]) -> [Double] {
    let turn = hsv[0] * 6
    func clamped(_ value: Double) -> Double { min(max(value, 0), 1) }
    let parts = [abs(turn - 3) - 1, 2 - abs(turn - 2), 2 - abs(turn - 4)].map(clamped)
    return parts.map { (1 - hsv[1] + hsv[1] * $0) * hsv[2] }
  }
}
