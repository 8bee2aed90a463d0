extension Quantization {
  /// The weights of a layer of one of ``classNames`` in the order in which an archive has them.
  func slots(of className: String, hasBias: Bool, isTied: Bool) -> [WeightSlot] {
    className.hasSuffix("Embedding") ? tables(isTied: isTied) : kernel(hasBias: hasBias)
  }

  private func kernel(hasBias: Bool) -> [WeightSlot] {
    let bias = hasBias ? [WeightSlot("bias")] : []
    let numbers = WeightSlot("kernel", isTrainable: mode == .float8)
    let zero =
      self.zero == nil
      ? [WeightSlot("kernel_zero", isTrainable: false, storedAs: "zero_point")] : []
    switch mode {
    case .int8: return [numbers] + bias + [Self.fixed("kernel_scale")]
    case .int4:
      return [numbers] + bias + [Self.fixed("kernel_scale")]
        + (isGrouped ? zero + [Self.fixed("g_idx")] : [])
    case .float8:
      return [numbers] + bias
        + ["inputs", "kernel", "outputs_grad"].flatMap {
          [WeightSlot("\($0)_scale"), WeightSlot("\($0)_amax_history")]
        }
    case .gptq: return bias + [numbers, Self.fixed("kernel_scale")] + zero + [Self.fixed("g_idx")]
    case .awq:
      return bias + [numbers, Self.fixed("kernel_scale")] + zero
        + [Self.fixed("awq_scales"), Self.fixed("g_idx")]
    }
  }

  private func tables(isTied: Bool) -> [WeightSlot] {
    var names = ["embeddings", "embeddings_scale"]
    if isGrouped { names += ["embeddings_zero", "g_idx"] }
    if !isTied {
      names += ["reverse_embeddings", "reverse_embeddings_scale"]
      if isGrouped { names.append("reverse_embeddings_zero") }
    }
    return names.map(Self.fixed)
  }

  private static func fixed(_ name: String) -> WeightSlot { WeightSlot(name, isTrainable: false) }
}
