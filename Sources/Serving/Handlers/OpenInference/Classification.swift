import Inference
import Tensors

/// An output's greatest numbers with their classes, by the classification extension: strings
/// `VALUE:INDEX` or, where classes have names, `VALUE:INDEX:NAME`.
struct Classification {
  let model: ServedModel
  let index: Int
  let count: Int

  init(model: ServedModel, _ index: Int, count: Int) {
    self.model = model
    self.index = index
    self.count = count
  }

  /// The strings of the greatest numbers of each item, of shape (batch, classes).
  func names(_ tensor: Tensor) throws(HTTPError) -> Tensor {
    guard tensor.shape.rank > 0 else {
      throw HTTPError(
        .badRequest, "output '\(model.outputs[index].name)' has no classes")
    }
    let batch = tensor.shape[0]
    let size = tensor.shape.elementCount / max(batch, 1)
    let values = tensor.converted(to: .float64).elements(as: Double.self)
    let floats = tensor.elementType == .float32 ? tensor.elements(as: Float.self) : nil
    let shown = min(count, size)
    var names: [String] = []
    for item in 0..<batch {
      let order = (0..<size).sorted { first, second in
        let (a, b) = (values[item * size + first], values[item * size + second])
        return a == b ? first < second : a > b || b.isNaN && !a.isNaN
      }
      for place in order.prefix(shown) {
        let value =
          floats.map { Self.text($0[item * size + place]) }
          ?? Self.text(values[item * size + place])
        names.append("\(value):\(place)" + (label(place, of: size).map { ":" + $0 } ?? ""))
      }
    }
    return Tensor([batch, shown], names)
  }

  private func label(_ place: Int, of size: Int) -> String? {
    guard let labels = model.labels, labels.count == size else { return nil }
    return labels[place]
  }

  /// The number with six decimals, as Triton writes it.
  private static func text<Number: BinaryFloatingPoint>(_ value: Number) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scaled = (Double(value).magnitude * 1_000_000).rounded()
    let whole = Int(scaled / 1_000_000)
    let rest = String(Int(scaled - Double(whole) * 1_000_000))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return "\(sign)\(whole)." + String(repeating: "0", count: max(0, 6 - rest.count)) + rest
  }
}
