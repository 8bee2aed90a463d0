package import ModelFormat
import Tensors

extension LayerDescription {
  /// What an application that makes the layer itself has to know, for the end of a sentence:
  /// `; its options: units 3; its weights: kernel (4, 3)`.
  package var particulars: String {
    let isLambda = className == "Lambda"
    let options = config.filter { key, value in
      if value.isNull { return false }
      return isLambda
        ? key == "arguments" && value.object?.isEmpty == false : !Self.ordinary.contains(key)
    }
    let words = [
      ("options", options.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }),
      ("weights", weights.map { "\($0.name) \(Shape($0.shape))" }),
    ]
    return words.filter { !$0.1.isEmpty }
      .map { "; its \($0.0): " + $0.1.joined(separator: ", ") }.joined()
  }

  private static let ordinary: Set = ["name", "trainable", "dtype"]
}
