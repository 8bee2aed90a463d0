import ModelFormat
import Synchronization
import Tensors

/// The operations of `keras.ops` that compute what a layer of another class computes: poolings, and
/// convolutions whose kernels are constants of the call; those of kernels that the graph computes
/// are ``ComputedKernel``'s.
///
/// Input: (B, spatial…, C), and kernels as the layers' weights. Output: as the layers'.
///
/// Keras: <https://keras.io/api/ops/nn/>
struct PictureOperation: Layer {
  static let classNames: [String] = kinds.keys.sorted()
  static let arguments = LayerCall.operandPlaces.union(["output_shape"])
  static let keywords = SizeExpression.keywords

  private struct Kind: Sendable {
    /// The layer's class, `#` in the place of the number of axes.
    let className: String
    let type: any Layer.Type
    /// The layer's weights that are constants of the call.
    var weights: [String] = []
  }

  private static let kinds: [String: Kind] = [
    "ops.AdaptiveAveragePool": Kind(
      className: "AdaptiveAveragePooling#D", type: AdaptivePooling.self),
    "ops.AdaptiveMaxPool": Kind(className: "AdaptiveMaxPooling#D", type: AdaptivePooling.self),
    "ops.AveragePool": Kind(className: "AveragePooling#D", type: Pooling.self),
    "ops.Conv": Kind(className: "Conv#D", type: Convolution.self, weights: ["kernel"]),
    "ops.ConvTranspose": Kind(
      className: "Conv#DTranspose", type: ConvolutionTranspose.self, weights: ["kernel"]),
    "ops.DepthwiseConv": Kind(
      className: "DepthwiseConv#D", type: DepthwiseConvolution.self, weights: ["kernel"]),
    "ops.MaxPool": Kind(className: "MaxPooling#D", type: Pooling.self),
    "ops.SeparableConv": Kind(
      className: "SeparableConv#D", type: SeparableConvolution.self,
      weights: ["depthwise_kernel", "pointwise_kernel"]),
  ]

  private let kind: Kind
  private let name: String
  private let options: [String: JSONValue]
  private let inner = InnerLayer()

  init(_ reader: inout LayerReader) {
    kind = Self.kinds[reader.className] ?? Kind(className: "MaxPooling#D", type: Pooling.self)
    name = reader.layer.name
    var options = reader.layer.config
    for option in options.keys { _ = reader.value(option) }
    for (option, value) in options where value.isNull { options[option] = nil }
    self.options = options
  }

  /// The layer that a call is of.
  private func layer(for call: LayerCall) throws(LayerError) -> any Layer {
    let rank = (call.inputs.first?.shape.rank ?? 0) - 2
    guard (1...3).contains(rank), call.positionalCount == 1 else {
      throw LayerError(
        "expected an input (B, spatial…, C) and constant kernels, found \(call.inputs)")
    }
    return try inner.layer(rank: rank, call.arguments) { () throws(LayerError) in
      try make(rank: rank, call)
    }
  }

  private func make(rank: Int, _ call: LayerCall) throws(LayerError) -> any Layer {
    var config = options
    if let sizes = try call.sizes("output_shape") {
      config["output_size"] = .array(sizes.dropFirst().dropLast().map { .int($0) })
    }
    var tensors: [String: Tensor] = [:]
    for (place, weight) in kind.weights.enumerated() {
      guard let json = call.arguments["\(place + 1)"],
        let tensor = try Operand(json).constantTensor, tensor.shape.rank == rank + 2
      else { throw LayerError("expected a constant kernel of rank \(rank + 2)") }
      tensors[weight] = tensor
    }
    if let kernel = tensors["kernel"] ?? tensors["depthwise_kernel"] {
      config["kernel_size"] = .array(kernel.shape.dimensions.prefix(rank).map { .int($0) })
      config["use_bias"] = .bool(false)
      let last = (tensors["pointwise_kernel"] ?? kernel).shape
      if tensors["depthwise_kernel"] != nil || kind.className.hasPrefix("Depthwise") {
        config["depth_multiplier"] = .int(kernel.shape[-1])
      }
      if !kind.className.hasPrefix("Depthwise") {
        config["filters"] = .int(last[kind.className == "Conv#DTranspose" ? -2 : -1])
      }
      if kind.className == "Conv#D" {
        config["groups"] = .int(max(call.inputs[0].shape[-1] / max(kernel.shape[-2], 1), 1))
      }
    }
    let className = kind.className.split(separator: "#", omittingEmptySubsequences: false)
      .joined(separator: "\(rank)")
    let weights = tensors.map { WeightDescription(name: $0.key, shape: $0.value.shape.dimensions) }
    var reader = LayerReader(
      LayerDescription(name: name, className: className, config: config, weights: weights),
      weights: Dictionary(uniqueKeysWithValues: tensors.map { ("\(name)/\($0.key)", $0.value) }))
    let layer = kind.type.init(&reader)
    reader.finish()
    if let problem = reader.problems.first {
      throw LayerError("\(problem.option ?? className): \(problem.reason)")
    }
    return layer
  }

  /// The call's convolution where its kernel is a tensor of the graph.
  private func computedKernel(_ call: LayerCall) throws(LayerError) -> ComputedKernel? {
    guard call.positionalCount == 2, ["Conv#D", "DepthwiseConv#D"].contains(kind.className) else {
      return nil
    }
    return try ComputedKernel(
      call, options, name: name, isDepthwise: kind.className == "DepthwiseConv#D")
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    if let kernel = try computedKernel(call) { return [TensorType(kernel.output)] }
    return try layer(for: call).outputTypes(for: LayerCall(inputs: [call.inputs[0]]))
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    if let kernel = try computedKernel(call) { return kernel.step() }
    return try layer(for: call).makeStep(
      for: LayerCall(inputs: [call.inputs[0]], outputs: call.outputs), in: context)
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    let inner = LayerCall(inputs: [call.inputs[0]], outputs: call.outputs)
    return (try? layer(for: call))?.multiplyAdds(for: inner) ?? 0
  }
}

/// The layer that an operation was last called as, which takes time to make of its constants.
private final class InnerLayer: Sendable {
  private struct Made {
    let rank: Int
    let arguments: [String: JSONValue]
    let layer: any Layer
  }

  private let made = Mutex<Made?>(nil)

  /// The layer for such arguments.
  func layer(
    rank: Int, _ arguments: [String: JSONValue],
    _ make: () throws(LayerError) -> any Layer
  ) throws(LayerError) -> any Layer {
    let known = made.withLock { made in
      made.flatMap { $0.rank == rank && $0.arguments == arguments ? $0.layer : nil }
    }
    if let known { return known }
    let layer = try make()
    made.withLock { $0 = Made(rank: rank, arguments: arguments, layer: layer) }
    return layer
  }
}
