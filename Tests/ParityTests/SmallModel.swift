import Inference
import ModelFormat
import Tensors

/// `dense` (x + bias) and `relu` behind it, whose values tests can foresee.
enum SmallModel {
  static func make(bias: [Float] = [0, 0], outputs: [String] = ["relu"]) throws -> Model {
    let description = ModelDescription(
      name: "small",
      inputs: [InputDescription(name: "x", shape: [nil, 2])],
      layers: [
        LayerDescription(
          name: "dense", className: "Dense",
          config: [
            "units": .int(2), "use_bias": .bool(true), "activation": .string("linear"),
          ],
          weights: [
            WeightDescription(name: "kernel", shape: [2, 2]),
            WeightDescription(name: "bias", shape: [2]),
          ]),
        LayerDescription(
          name: "relu", className: "Activation", config: ["activation": .string("relu")]),
      ],
      nodes: [
        NodeDescription(name: "dense", layer: "dense", inputs: ["x"]),
        NodeDescription(name: "relu", layer: "relu", inputs: ["dense"]),
      ],
      outputs: outputs.map { OutputDescription(name: $0, value: $0) },
      aliases: ["inner": "dense"])
    return try Model(
      ModelContents(
        description: description,
        weights: [
          "dense/kernel": Tensor([2, 2], [1, 0, 0, 1] as [Float]),
          "dense/bias": Tensor([2], bias),
        ],
        provenance: Provenance(source: "small.h5")))
  }

  /// What the model without bias computes for two cases.
  static func reference() -> [String: Tensor] {
    [
      "inputs/x": Tensor([2, 2], [1, -2, 3, 4] as [Float]),
      "activations/relu": Tensor([2, 2], [1, 0, 3, 4] as [Float]),
      "activations/dense": Tensor([2, 2], [1, -2, 3, 4] as [Float]),
      "outputs/relu": Tensor([2, 2], [1, 0, 3, 4] as [Float]),
    ]
  }
}
