import ModelFormat
import Tensors

/// How the layers that project what goes into and comes out of attention are quantised.
struct QuantizedHeads {
  /// The parts that are, by their names: `query`, `key`, `value`, `gate`, `attention_output`.
  let parts: [String: Quantization]
  private let config: [String: JSONValue]

  /// Those that a layer's options tell of; nil where there are none.
  init?(_ config: [String: JSONValue]) {
    guard let parts = config[Quantization.option]?["parts"]?.object else { return nil }
    self.config = config
    self.parts = parts.compactMapValues { Quantization($0) }
  }

  /// The option that tells of the given parts.
  static func option(_ parts: [String: Quantization]) -> JSONValue {
    .object(["parts": .object(parts.mapValues(\.json))])
  }

  /// The layer's weights in the order in which files have them.
  func slots(of names: [String], hasBias: Bool) -> [WeightSlot] {
    names.flatMap { name in
      let plain = [WeightSlot("kernel")] + (hasBias ? [WeightSlot("bias")] : [])
      let slots = parts[name]?.slots(of: "EinsumDense", hasBias: hasBias, isTied: true)
      return (slots ?? plain).map { $0.inside(name) }
    }
  }

  /// The weights as plain numbers, but for what scales inputs.
  func undone(_ weights: [NamedWeight]) -> [NamedWeight] {
    var result = weights.filter { parts[String($0.name.prefix { $0 != "/" })] == nil }
    for (name, quantization) in parts.sorted(by: { $0.key < $1.key }) {
      let members = weights.filter { $0.name.hasPrefix("\(name)/") }.map {
        NamedWeight(name: String($0.name.dropFirst(name.count + 1)), tensor: $0.tensor)
      }
      var plain = quantization
      plain.inputs = nil
      let undone = QuantizedWeights(plain, options(of: name, quantization, members), members)
        .undone()
      result += (undone ?? members).map {
        NamedWeight(name: joined(name, $0.name), tensor: $0.tensor)
      }
    }
    return result
  }

  /// What each part does to its inputs, as an option of the layer.
  var inputs: JSONValue {
    .object(
      parts.compactMapValues { part in
        part.mode == .float8 ? .string("float8") : part.inputs?.json
      })
  }

  /// The options that a part has as a layer of its own.
  private func options(
    of name: String, _ quantization: Quantization, _ members: [NamedWeight]
  ) -> [String: JSONValue] {
    let kernel = members.first { $0.name == "kernel" }?.tensor.shape
    let isOutput = name == "attention_output"
    let more = String("efghij".prefix(max((kernel?.rank ?? 3) - 2, 1)))
    let equation = isOutput ? "abcd,cd\(more)->ab\(more)" : "abc,cde->abde"
    var options: [String: JSONValue] = ["equation": .string(equation)]
    let keys = config["num_heads"] ?? config[keyHeads(name)]
    let size = name == "query" || name == "key" ? config["key_dim"] : config["value_dim"]
    let width = [size, config["key_dim"], config["head_dim"]].lazy.compactMap { $0?.int }.first
    if isOutput, let heads = keys?.int, let width {
      let sizes: [JSONValue] = [.null, .null, .int(heads), .int(width)]
      options[Quantization.inputShape] = .array(sizes)
    }
    guard let heads = keys?.int, let width, heads > 0, width > 0,
      let count = Self.elementCount(quantization, members),
      let known = Shape([heads, width]).elementCount(atMost: max(count, 1))
    else { return options }
    let rest = count / known
    let outputs = config["output_shape"]?.array ?? config["output_shape"].map { [$0] } ?? []
    let sizes = outputs.compactMap(\.int)
    let outer = sizes.isEmpty ? [rest] : sizes
    let shape = isOutput ? [heads, width] + outer : [rest, heads, width]
    options[QuantizedWeights.partShape] = .array(shape.map { .int($0) })
    return options
  }

  private func keyHeads(_ name: String) -> String {
    name == "key" || name == "value" ? "num_key_value_heads" : "num_query_heads"
  }

  /// The number of a kernel's elements, of which several may share a byte.
  private static func elementCount(_ quantization: Quantization, _ members: [NamedWeight]) -> Int? {
    func shape(_ name: String) -> [Int] {
      members.first { $0.name == name }?.tensor.shape.dimensions ?? []
    }
    let (kernel, scale) = (shape("kernel"), shape("kernel_scale"))
    guard kernel.count == 2, !scale.isEmpty else { return nil }
    switch quantization.mode {
    case .int4: return kernel[0] * scale[scale.count - 1]
    case .gptq, .awq: return kernel[1] * scale[0]
    case .int8, .float8: return nil
    }
  }
}
