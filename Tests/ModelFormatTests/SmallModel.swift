import ModelFormat
import Tensors

/// A dense layer of 3 inputs and 2 outputs with a softmax behind it, and one reference case.
enum SmallModel {
  static let kernel: [Float] = [1, -2, 3, 0.5, 65504, 1e-3]

  static let description = ModelDescription(
    name: "small",
    inputs: [InputDescription(name: "x", shape: [nil, 3])],
    layers: [
      LayerDescription(
        name: "dense", className: "Dense",
        config: ["units": .int(2), "epsilon": .double(.nan), "limit": .double(-.infinity)],
        weights: [
          WeightDescription(name: "kernel", shape: [3, 2]),
          WeightDescription(name: "bias", shape: [2]),
        ]),
      LayerDescription(name: "soft/max", className: "Softmax", config: ["axis": .int(-1)]),
    ],
    nodes: [
      NodeDescription(name: "dense", layer: "dense", inputs: ["x"]),
      NodeDescription(
        name: "soft/max", layer: "soft/max", inputs: ["dense", "x"], keywords: ["mask": 1],
        arguments: ["training": .bool(false)]),
    ],
    outputs: [OutputDescription(name: "soft/max", value: "soft/max")],
    aliases: ["inner": "dense"])

  static let contents = ModelContents(
    description: description,
    weights: [
      "dense/kernel": Tensor([3, 2], kernel),
      "dense/bias": Tensor([2], [0.1, 0.2] as [Float]),
    ],
    labels: ["zero \"0\"", "ünö\n"],
    provenance: Provenance(
      source: "small.h5", sourceSHA256: "ab", kerasVersion: "3.9.0", rules: ["read it"]),
    reference: [
      "inputs/x": Tensor([1, 3], [1, 2, 3] as [Float]),
      "outputs/soft/max": Tensor([1, 2], [0.25, 0.75] as [Float]),
      "activations/dense": Tensor([1, 2], [1, 2] as [Int64]),
    ])
}
