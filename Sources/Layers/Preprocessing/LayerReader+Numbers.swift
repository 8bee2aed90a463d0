import ModelFormat
import Tensors

extension LayerReader {
  /// Refuses a `dtype` of whole numbers, to which Keras cuts off what the layer computes with.
  mutating func refuseWholeNumbers() {
    guard let name = value("dtype")?.string, let type = ElementType(rawValue: name),
      !type.isFloatingPoint
    else { return }
    refuse("dtype", "a layer that computes in whole numbers, \(name)")
  }

  /// Reads an option that holds a number, a list of numbers, or lists in lists, all of one length
  /// on each level; nil where the option is absent.
  mutating func numbers(_ option: String) -> Tensor? {
    guard var value = value(option) else { return nil }
    // Keras 3 writes arrays as {"class_name": "__numpy__", "config": {"value": …, "dtype": …}}.
    if let array = value["config"]?["value"] { value = array }
    guard let (shape, elements) = Self.flattened(value) else {
      reject(option, "expected a number or lists of numbers, found \(value)")
      return nil
    }
    return Tensor(Shape(shape), elements)
  }

  private static func flattened(_ value: JSONValue) -> (shape: [Int], elements: [Float])? {
    if let number = value.double { return ([], [Float(number)]) }
    guard let values = value.array else { return nil }
    let parts = values.compactMap(flattened)
    guard let first = parts.first, parts.count == values.count,
      parts.allSatisfy({ $0.shape == first.shape })
    else { return nil }
    return ([parts.count] + first.shape, parts.flatMap(\.elements))
  }
}
