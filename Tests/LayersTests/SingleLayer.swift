import Layers
import ModelFormat
import Tensors
import Testing

/// One layer by itself: what it says of inputs, and what it makes of them.
struct SingleLayer {
  private let layer: any Layer

  /// A layer of the catalogue; all its problems are thrown.
  init(
    _ className: String, _ config: [String: JSONValue] = [:], weights: [String: Tensor] = [:]
  ) throws {
    let type = try #require(LayerCatalog.standard[className])
    let description = LayerDescription(
      name: "it", className: className, config: config,
      weights: weights.sorted { $0.key < $1.key }.map {
        WeightDescription(name: $0.key, shape: $0.value.shape.dimensions)
      })
    var reader = LayerReader(
      description,
      weights: [String: Tensor](
        uniqueKeysWithValues: weights.map { (description.key(of: $0.key), $0.value) }))
    layer = type.init(&reader)
    reader.finish()
    guard reader.problems.isEmpty else { throw ModelProblems(reader.problems) }
  }

  /// The shapes of the outputs for inputs of the given shapes; the last one may be a mask, and
  /// `keywords` tells which inputs are given by name.
  func outputShapes(
    _ inputs: Shape..., hasMask: Bool = false, keywords: [String: Int] = [:],
    arguments: [String: JSONValue] = [:]
  ) throws(LayerError) -> [Shape] {
    let call = call(inputs.map { TensorType($0) }, hasMask: hasMask, keywords, arguments)
    return try layer.outputTypes(for: call).map(\.shape)
  }

  /// The outputs for the given inputs; the last one may be a mask, and `keywords` tells which
  /// inputs are given by name.
  func callAsFunction(
    _ inputs: Tensor..., hasMask: Bool = false, keywords: [String: Int] = [:],
    arguments: [String: JSONValue] = [:], threads: Int = 1
  ) throws(LayerError) -> [Tensor] {
    var call = call(inputs.map(\.type), hasMask: hasMask, keywords, arguments)
    call.outputs = try layer.outputTypes(for: call)
    let step = try layer.makeStep(for: call, in: PlanContext(cache: PlanCache()))
    switch step.action {
    case .view:
      return [Tensor(call.outputs[0], storage: inputs[0].storage)]
    case .run(let scratchBytes, let body):
      let outputs = call.outputs.map { Tensor(zeros: $0) }
      let fault = StepFault()
      let scratch = TensorStorage(uninitialized: max(scratchBytes, 64))
      let sources = inputs.compactMap { UnsafeRawPointer($0.storage.bytes.baseAddress) }
      let targets = outputs.compactMap { $0.storage.bytes.baseAddress }
      sources.withUnsafeBufferPointer { sources in
        targets.withUnsafeBufferPointer { targets in
          guard let source = sources.baseAddress, let target = targets.baseAddress,
            let work = scratch.bytes.baseAddress
          else { return }
          body(
            StepBuffers(
              inputs: source, outputs: target, scratch: work,
              workers: WorkerPool(threadCount: threads), fault: fault))
        }
      }
      if let reason = fault.take() { throw LayerError(reason) }
      return outputs
    }
  }

  private func call(
    _ inputs: [TensorType], hasMask: Bool, _ keywords: [String: Int],
    _ arguments: [String: JSONValue]
  ) -> LayerCall {
    LayerCall(
      inputs: inputs, keywords: hasMask ? ["mask": inputs.count - 1] : keywords,
      arguments: arguments)
  }
}

extension Tensor {
  /// The elements of a tensor of single precision.
  var floats: [Float] { elements(as: Float.self) }

  /// Numbers that are spread over (-1, 1), the same ones for the same seed.
  static func spread(_ shape: Shape, seed: Int) -> Tensor {
    Tensor(
      shape,
      (0..<shape.elementCount).map { index in
        Float((index * 7919 + seed * 104_729) % 2003) / 1001.5 - 1
      })
  }
}
