import Inference
import Layers
import ModelFormat
import Tensors
import Testing

/// y = factor · x: a layer that an application brings.
private struct Scaled: Layer {
  static let classNames = ["Mine>Scaled"]

  private let factor: Float

  init(_ reader: inout LayerReader) {
    factor = Float(reader.number("factor"))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(try call.onlyShape())]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (count, factor) = (call.inputs[0].shape.elementCount, factor)
    return .run { buffers in
      for index in 0..<count { buffers.output()[index] = factor * buffers.input(0)[index] }
    }
  }
}

@Suite("An application's own layers")
struct CustomLayerTests {
  private static func contents(
    _ className: String, _ config: [String: JSONValue] = [:]
  ) -> ModelContents {
    SmallModels.contents(
      layers: [
        SmallModels.dense("dense", inputs: 2, units: 2, activation: "relu"),
        LayerDescription(name: "drop", className: className, config: config),
      ])
  }

  private static let input = [Tensor([2, 2], [1, 2, 3, 4] as [Float])]

  @Test func standInForAClass() throws {
    let contents = Self.contents("Mine>Scaled", ["factor": .double(10)])
    let model = try Model(contents, catalog: .standard.adding(Scaled.self))
    // 1 + 2 · 2 + 0.5 and -1 + 2 · 1, times ten.
    #expect(
      try model.predict(Self.input)[1].elements(as: Float.self) == [55, 10, 115, 10])
  }

  @Test func standInForALambda() throws {
    let function = LambdaFunction { call in
      for index in call.output.indices { call.output[index] = call.inputs[0][index] - 1 }
    }
    let model = try Model(
      Self.contents("Lambda", ["function": .string("code")]),
      catalog: .standard.adding(lambda: "drop", function))
    #expect(try model.predict(Self.input)[1].elements(as: Float.self) == [4.5, 0, 10.5, 0])
  }

  @Test func mayGiveAnotherShape() throws {
    let column: @Sendable ([Shape]) -> Shape = { [$0[0][0], 1] }
    let function = LambdaFunction(outputShape: column) { call in
      let width = call.shapes[0][1]
      for row in call.output.indices {
        call.output[row] = call.inputs[0][(row * width)..<((row + 1) * width)].reduce(0, +)
      }
    }
    let contents = SmallModels.contents(
      layers: [
        SmallModels.dense("dense", inputs: 2, units: 2, activation: "relu"),
        LayerDescription(name: "drop", className: "Lambda"),
      ],
      nodes: [
        NodeDescription(name: "dense#1", layer: "dense", inputs: ["x"]),
        NodeDescription(name: "drop", layer: "drop", inputs: ["dense#1"]),
      ])
    let model = try Model(contents, catalog: .standard.adding(lambda: "drop", function))
    #expect(try model.predict(Self.input)[1].elements(as: Float.self) == [6.5, 12.5])
  }

  @Test func areNamedWhereTheyAreMissing() {
    #expect(
      SmallModels.problems(Self.contents("Lambda")).contains {
        $0.contains("\"drop\" (Lambda)") && $0.contains("a function in its place")
      })
  }
}
