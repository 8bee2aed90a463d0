import ModelFormat
import Tensors

/// Notes in layers what only the weights tell of how they are quantised.
///
/// Keras keeps no word of what became of the layers that project to heads in attention, and since
/// 3.14 its archives lack the zeros of GPTQ and AWQ. It cannot read such files itself.
struct QuantizationNotes {
  /// The model's weights.
  let weights: KerasWeights
  /// The version of Keras that wrote the model.
  let version: KerasVersion
  /// Where applied rules are told.
  let report: ImportReport

  /// The model with the notes.
  func noted(in model: SourceModel) -> SourceModel {
    let leaves = model.layers.flatMap(WeightLeaf.leaves)
    let known = leaves.compactMap { Quantization($0.config[Quantization.option]) }
    let attentions = leaves.filter { Quantization.partClassNames.contains($0.className) }
    let stored = PartTensors(model: model, weights: weights, report: report)
    var notes: [String: JSONValue] = [:]
    for leaf in attentions {
      let parts = parts(of: leaf, stored, known)
      if !parts.isEmpty { notes[leaf.path] = QuantizedHeads.option(parts) }
    }
    for leaf in leaves where Quantization.classNames.contains(leaf.className) {
      let tensors = stored.tensors(of: leaf, part: "")
      let told = Quantization(leaf.config[Quantization.option])
      guard let quantization = told ?? found(leaf, tensors, known) else { continue }
      refuseFactors(of: leaf)
      let zeroed = zeroed(quantization, tensors, leaf)
      if zeroed != told { notes[leaf.path] = zeroed.json }
    }
    return notes.isEmpty ? model : noting(notes, in: model, path: "")
  }

  /// Reports the factors of LoRA that a list has beside quantised weights.
  private func refuseFactors(of leaf: WeightLeaf) {
    guard case .list = weights.form, leaf.config[LowRank.option] != nil else { return }
    report.unsupported(
      leaf.path, leaf.className, option: "lora_rank",
      reason: "factors of LoRA beside quantised weights; an archive has the sum of both")
  }

  /// The quantisation with what stands for 0 where the weights lack it.
  private func zeroed(
    _ quantization: Quantization, _ tensors: [Tensor], _ leaf: WeightLeaf
  ) -> Quantization {
    var quantization = quantization
    guard quantization.mode == .gptq || quantization.mode == .awq,
      tensors.count(where: { $0.elementType == .uint8 }) == 1
    else { return quantization }
    quantization.zero = 1 << (quantization.bits - 1)
    if !quantization.isSymmetric {
      report.unsupported(
        leaf.path, leaf.className, option: "kernel_zero",
        reason: "the archive lacks the numbers that stand for 0, which Keras leaves out of it; "
          + "a .h5 file has them")
    }
    return quantization
  }

  /// The quantisation of a layer whose options do not tell of it, as where they hold a map of
  /// policies.
  private func found(
    _ leaf: WeightLeaf, _ tensors: [Tensor], _ known: [Quantization]
  ) -> Quantization? {
    guard version.major >= 3 else { return nil }
    return StoredQuantization.of(leaf, tensors).map { like(known, $0) }
  }

  /// The quantisation with what another layer's tells that weights do not.
  private func like(_ known: [Quantization], _ quantization: Quantization) -> Quantization {
    var quantization = quantization
    let alike = known.first { $0.mode == quantization.mode }
    quantization.inputs = alike.map(\.inputs) ?? (quantization.mode == .int8 ? .init() : nil)
    quantization.isSymmetric = alike?.isSymmetric ?? false
    quantization.bits = alike?.bits ?? quantization.bits
    report.note(.weightsQuantized(quantization.mode.rawValue))
    return quantization
  }

  private func parts(
    of leaf: WeightLeaf, _ stored: PartTensors, _ known: [Quantization]
  ) -> [String: Quantization] {
    var parts: [String: Quantization] = [:]
    var packsRows = false
    for name in ["query", "key", "value", "gate", "attention_output"] {
      let tensors = stored.tensors(of: leaf, part: name)
      let found = StoredQuantization.ofKernel(
        tensors, rank: 3, hasBias: leaf.config["use_bias"]?.bool ?? true)
      guard let quantization = found.map({ like(known, $0) }) else { continue }
      if !known.contains(where: { $0.mode == quantization.mode }) {
        report.note(.headsQuantizedAsUsual)
      }
      parts[name] = zeroed(quantization, tensors, leaf)
      // Of these the number of heads is known, so it shows where two of them share a byte.
      let kernel = tensors.first { $0.elementType == .int8 }?.shape
      let heads = (leaf.config["num_heads"] ?? leaf.config["num_query_heads"])?.int
      packsRows =
        name == "attention_output" && quantization.mode == .int8
        && (version.major, version.minor) < (3, 14) && kernel?.rank ?? 0 > 2 && kernel?[0] != heads
    }
    guard packsRows else { return parts }
    return parts.mapValues { part in
      var part = part
      (part.mode, part.packsRows) = (.int4, true)
      return part
    }
  }

  private func noting(
    _ notes: [String: JSONValue], in model: SourceModel, path: String
  ) -> SourceModel {
    var model = model
    model.layers = model.layers.map { noting(notes, in: $0, path: joined(path, $0.name)) }
    return model
  }

  private func noting(
    _ notes: [String: JSONValue], in layer: SourceLayer, path: String
  ) -> SourceLayer {
    var layer = layer
    switch layer.body {
    case .input: break
    case .model(let model): layer.body = .model(noting(notes, in: model, path: path))
    case .timeDistributed(let inner):
      layer.body = .timeDistributed(noting(notes, in: inner, path: joined(path, inner.name)))
    case .layer:
      if let note = notes[path] { layer.config[Quantization.option] = note }
    }
    return layer
  }
}
