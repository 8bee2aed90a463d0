import ModelFormat
import Tensors

/// The tables of a quantised embedding as plain numbers.
///
/// Keras: `_int8_call` and `_int4_call` of `keras/src/layers/core/embedding.py` and
/// `reversible_embedding.py`.
struct QuantizedTables {
  private let quantization: Quantization
  private let width: Int?
  private let tensors: [String: Tensor]

  /// The tables of a layer of the given options.
  init(
    _ quantization: Quantization, _ config: [String: JSONValue], _ tensors: [String: Tensor]
  ) {
    self.quantization = quantization
    self.tensors = tensors
    width = config["output_dim"]?.int
  }

  /// The plain tables; nil where the weights are not of the form.
  func undone() -> [String: Tensor]? {
    guard let table = table("embeddings", packedAlong: 1) else { return nil }
    var tables = ["embeddings": table]
    if tensors["reverse_embeddings"] != nil {
      guard let reverse = self.table("reverse_embeddings", packedAlong: 0) else { return nil }
      tables["reverse_embeddings"] = reverse
    }
    return tables
  }

  /// A table whose lines across `axis` have a scale each, or one for each group.
  private func table(_ name: String, packedAlong axis: Int) -> Tensor? {
    guard let stored = tensors[name], let scale = tensors["\(name)_scale"],
      let numbers = quantization.mode == .int4
        ? stored.unpacked(along: axis, count: width) : stored,
      numbers.shape.rank == 2
    else { return nil }
    if quantization.isBypassed { return numbers }
    if quantization.isGrouped {
      guard let zero = tensors["\(name)_zero"], let groups = tensors["g_idx"]?.groupNumbers else {
        return nil
      }
      return numbers.ungrouped(zero: zero, scale: scale, groups: groups, isColumn: axis == 1)
    }
    let count = numbers.shape[1 - axis]
    guard scale.shape == [count] else { return nil }
    return numbers.divided(by: scale.reshaped(to: axis == 1 ? [count, 1] : [1, count]))
  }
}
