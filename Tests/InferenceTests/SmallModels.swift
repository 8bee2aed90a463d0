import Inference
import ModelFormat
import Tensors

/// Models of a few layers, whose results can be worked out by hand.
enum SmallModels {
  static func dense(
    _ name: String, inputs: Int, units: Int, activation: String = "linear"
  ) -> LayerDescription {
    LayerDescription(
      name: name, className: "Dense",
      config: ["units": .int(units), "activation": .string(activation)],
      weights: [
        WeightDescription(name: "kernel", shape: [inputs, units]),
        WeightDescription(name: "bias", shape: [units]),
      ])
  }

  /// y = relu(x · K + b), and the sum of x and y: one layer called twice on two paths.
  static func contents(
    layers: [LayerDescription]? = nil, nodes: [NodeDescription]? = nil,
    weights: [String: Tensor]? = nil
  ) -> ModelContents {
    let description = ModelDescription(
      name: "small",
      inputs: [InputDescription(name: "x", shape: [nil, 2])],
      layers: layers ?? [
        dense("dense", inputs: 2, units: 2, activation: "relu"),
        LayerDescription(name: "drop", className: "Dropout", config: ["rate": .double(0.5)]),
      ],
      nodes: nodes ?? [
        NodeDescription(name: "dense", layer: "dense", inputs: ["x"]),
        NodeDescription(name: "drop", layer: "drop", inputs: ["dense"]),
        NodeDescription(name: "dense#1", layer: "dense", inputs: ["drop"]),
      ],
      outputs: [
        OutputDescription(name: "dense", value: "dense#1"),
        OutputDescription(name: "drop", value: "drop"),
      ], aliases: ["nested": "drop"])
    return ModelContents(
      description: description,
      weights: weights ?? [
        "dense/kernel": Tensor([2, 2], [1, -1, 2, 1] as [Float]),
        "dense/bias": Tensor([2], [0.5, 0] as [Float]),
      ], provenance: Provenance(source: "test"))
  }

  /// What stands in the way of a model, one line each.
  static func problems(_ contents: ModelContents) -> [String] {
    do throws(ModelProblems) {
      _ = try Model(contents)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }
}
