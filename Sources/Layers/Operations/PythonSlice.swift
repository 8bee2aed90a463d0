import ModelFormat

/// Python's `start:stop:step`, as Keras writes it: `{"class_name": "__slice__", "config": {…}}`.
struct PythonSlice {
  private let config: JSONValue

  /// The slice of an object; nil where it is none.
  init?(_ json: JSONValue) {
    guard json["class_name"]?.string == "__slice__", let config = json["config"] else { return nil }
    self.config = config
  }

  /// The positions that the slice takes of `size`, as Python clamps them.
  func positions(size: Int, in call: LayerCall) throws(LayerError) -> [Int] {
    let step = try part("step", in: call) ?? 1
    guard step != 0 else { throw LayerError("expected a step other than 0") }
    func clamped(_ bound: Int, _ range: ClosedRange<Int>) -> Int {
      min(max(bound < 0 ? bound + size : bound, range.lowerBound), range.upperBound)
    }
    let (start, stop) = (try part("start", in: call), try part("stop", in: call))
    if step > 0 {
      let first = start.map { clamped($0, 0...size) } ?? 0
      let end = stop.map { clamped($0, 0...size) } ?? size
      return Array(stride(from: first, to: max(first, end), by: step))
    }
    let first = start.map { clamped($0, -1...(size - 1)) } ?? size - 1
    let end = stop.map { clamped($0, -1...(size - 1)) } ?? -1
    return Array(stride(from: first, to: min(first, end), by: step))
  }

  private func part(_ name: String, in call: LayerCall) throws(LayerError) -> Int? {
    guard let value = config[name], !value.isNull else { return nil }
    return try SizeExpression(value, in: call).values.first
  }
}
