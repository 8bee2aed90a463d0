import ModelFormat
import Tensors

/// Weights that a product of low rank was added to in training (LoRA): Keras's older files have the
/// two factors beside the kernel.
///
/// Keras: `enable_lora` of the layers.
enum LowRank {
  /// The option that tells what the product is multiplied by; it never leaves the importer.
  static let option = "lora_scale"

  /// The factors of a layer of the given class.
  static func slots(of className: String) -> [WeightSlot] {
    let weight = className.hasSuffix("Embedding") ? "embeddings" : "kernel"
    return ["a", "b"].map { factor in
      var slot = WeightSlot("lora_\(weight)_\(factor)")
      slot.isOptional = true
      return slot
    }
  }

  /// The weights with the product of the factors added, where there are any.
  static func merged(_ weights: [NamedWeight], _ config: [String: JSONValue]) -> [NamedWeight] {
    guard let scale = config[option]?.double else { return weights }
    for name in ["kernel", "embeddings"] {
      let parts = [name, "lora_\(name)_a", "lora_\(name)_b"].map { part in
        weights.first { $0.name == part }?.tensor.converted(to: .float32)
      }
      guard case (let kernel?, let a?, let b?) = (parts[0], parts[1], parts[2]),
        let sum = kernel.adding(Float(scale), a, b)
      else { continue }
      return weights.filter { !$0.name.hasPrefix("lora_\(name)_") && $0.name != name }
        + [NamedWeight(name: name, tensor: sum)]
    }
    return weights
  }
}

extension Tensor {
  /// This tensor and `scale` times the product of two matrices; nil where their shapes do not fit.
  fileprivate func adding(_ scale: Float, _ a: Tensor, _ b: Tensor) -> Tensor? {
    guard b.shape.rank == 2, let rank = a.shape.dimensions.last, rank == b.shape[0],
      Array(a.shape.dimensions.dropLast()) + [b.shape[1]] == shape.dimensions
    else { return nil }
    let width = b.shape[1]
    let (left, right) = (a.numbers, b.numbers)
    var sum = self.numbers
    for row in 0..<left.count / max(rank, 1) {
      for column in 0..<width {
        let product = (0..<rank).reduce(Float(0)) {
          $0 + left[row * rank + $1] * right[$1 * width + column]
        }
        sum[row * width + column] += scale * product
      }
    }
    return Tensor(shape, sum)
  }
}
