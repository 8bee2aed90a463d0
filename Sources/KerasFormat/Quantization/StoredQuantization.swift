import ModelFormat
import Tensors

/// How weights are quantised, by what a file holds: where the options do not tell, as those of
/// attention do not tell of the layers that project to heads.
enum StoredQuantization {
  /// How the weights of a kernel are kept.
  ///
  /// - Parameters:
  ///   - tensors: The weights, in the order of a file of either form.
  ///   - rank: The rank of the plain kernel.
  ///   - hasBias: Whether there is a bias among them.
  /// - Returns: How, or nil where the weights are plain.
  static func ofKernel(
    _ tensors: [Tensor], rank: Int, hasBias: Bool
  ) -> Quantization? {
    let count = tensors.count - (hasBias ? 1 : 0)
    if let first = tensors.firstIndex(where: { $0.elementType == .uint8 }) {
      let others = count - tensors.count { $0.elementType == .uint8 }
      guard others == 2 || others == 3, first + 1 < tensors.count else { return nil }
      var quantization = Quantization(mode: others == 2 ? .gptq : .awq)
      let isWhole =
        tensors[first].shape.dimensions.first == tensors[first + 1].shape.dimensions.first
      quantization.bits = isWhole ? 8 : 4
      return quantization
    }
    let bytes = tensors.filter { $0.elementType == .int8 }
    guard let kernel = bytes.first else {
      return count >= 7 ? Quantization(mode: .float8) : nil
    }
    var quantization = Quantization(mode: .int8)
    let scale = tensors.last?.shape.elementCount
    let isPacked =
      kernel.shape.rank == 2 && (rank > 2 || scale.map { $0 != kernel.shape[1] } ?? false)
    if bytes.count > 1 || isPacked { quantization.mode = .int4 }
    quantization.isGrouped = bytes.count > 1
    return quantization
  }
}

extension StoredQuantization {
  /// How the weights of a layer of one of ``Quantization/classNames`` are kept.
  static func of(_ leaf: WeightLeaf, _ tensors: [Tensor]) -> Quantization? {
    if leaf.className.hasSuffix("Embedding") {
      return ofTable(tensors, width: leaf.config["output_dim"]?.int)
    }
    let isEinsum = leaf.className == "EinsumDense"
    let hasBias =
      isEinsum
      ? leaf.config["bias_axes"] ?? .null != .null : leaf.config["use_bias"]?.bool ?? true
    return ofKernel(
      tensors, rank: KernelEquation(leaf.config)?.kernel.count ?? 2, hasBias: hasBias)
  }

  private static func ofTable(_ tensors: [Tensor], width: Int?) -> Quantization? {
    guard let table = tensors.first(where: { $0.elementType == .int8 }), table.shape.rank == 2
    else { return nil }
    var quantization = Quantization(mode: table.shape[1] == width ? .int8 : .int4)
    quantization.isGrouped =
      tensors.count { $0.elementType == .int8 && $0.shape.rank == 2 } > 1
      && tensors.contains { $0.shape.rank == 1 }
    return quantization
  }
}
