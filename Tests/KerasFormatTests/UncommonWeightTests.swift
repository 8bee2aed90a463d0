import ModelFormat
import Tensors
import Testing

@testable import KerasFormat

@Suite("Weights in another form than their class's")
struct UncommonWeightTests {
  private func file(_ options: String, _ names: [String]) -> KerasFile {
    KerasFile(
      config: Config.sequential([Config.input("in"), Config.layer("Dense", "d", options)]),
      groups: [("d", names.map { .init("d/\($0)") })])
  }

  @Test(
    "are refused by the option's name, and not called damaged",
    arguments: [
      (
        #""dtype": {"class_name": "TernaryDTypePolicy", "config": {"mode": "ternary", "source_name": "float32"}}"#,
        "dtype", "the quantised policy \"ternary_from_float32\" is not supported"
      ),
      (
        #""dtype": "int8_from_float32", "quantization_config": {"class_name": "Int8QuantizationConfig", "config": {"activation_quantizer": {"class_name": "Mine", "config": {}}}}"#,
        "quantization_config", "inputs quantised by Mine"
      ),
    ])
  func refused(options: String, option: String, reason: String) {
    let expected = ModelProblem(
      .unsupported, layer: "d", className: "Dense", option: option, reason: reason)
    #expect(file(options, ["bias", "kernel", "kernel_scale"]).problems() == [expected])
  }

  @Test("an activation with weights inside a recurrent layer is refused")
  func refusedActivation() {
    let options = #""units": 2, "activation": {"class_name": "PReLU", "config": {"name": "p"}}"#
    let file = KerasFile(
      config: Config.sequential([Config.input("in"), Config.layer("LSTM", "d", options)]),
      groups: [("d", ["kernel", "recurrent_kernel", "bias"].map { .init("d/\($0)") })])
    let expected = ModelProblem(
      .unsupported, layer: "d", className: "LSTM", option: "activation",
      reason: "an activation with weights, of class \"PReLU\", is not supported here")
    #expect(file.problems() == [expected])
  }

  @Test(
    "weights in another form may be numbers of any type",
    arguments: [ElementType.float32, .float64, .float16, .bfloat16, .int64, .uint8, .bool])
  func types(type: ElementType) {
    func undone(_ form: String, _ weights: [String: Tensor]) -> [[Float]] {
      StoredForm.undone(
        weights.sorted { $0.key < $1.key }.map {
          NamedWeight(name: $0.key, tensor: $0.value.converted(to: type))
        }, StoredForm.adding(form, to: [:])
      ).map { $0.tensor.converted(to: .float32).elements(as: Float.self) }
    }
    let kernel = Tensor([2, 1, 2], [1, 1, 0, 1] as [Float])
    #expect(undone("flipped", ["kernel": kernel]) == [[0, 1, 1, 1]])
  }

  @Test(
    "the file tells how inputs of quantised layers become whole numbers",
    arguments: [
      (#""dtype": "int8_from_float32""#, "3.9.0", true),
      (
        #""dtype": "int8_from_float32", "quantization_config": {"config": {"activation_quantizer": null}}"#,
        "3.13.0", false
      ),
      (#""dtype": "int4_from_float32""#, "3.12.0", true),
      (#""dtype": "int4/-1_from_float32""#, "3.15.0", false),
    ])
  func inputs(options: String, version: String, isQuantized: Bool) throws {
    let version = try #require(KerasVersion(version))
    let config = try #require(try JSONValue(parsing: "{\(options)}").object)
    let policy = try #require(config["dtype"].flatMap(QuantizationPolicy.init))
    #expect(
      try policy.quantization(config, version: version).inputs
        == (isQuantized ? Quantization.InputRange() : nil))
  }

  @Test(
    "a layer lacks none of its weights",
    arguments: [
      #""lora_rank": null, "quantization_config": null, "dtype": "float16""#,
      #""dtype": "int4/2_from_float32""#, #""dtype": "gptq/4/2_from_float32""#,
    ])
  func damaged(options: String) {
    #expect(file(options, ["bias", "kernel", "kernel_scale"]).problems().map(\.kind) == [.invalid])
  }

  @Test("factors of low rank beside quantised weights are refused")
  func quantizedFactors() {
    let options = #""lora_rank": 1, "dtype": "int8_from_float32""#
    let names = ["bias", "lora_kernel_a", "lora_kernel_b", "kernel", "kernel_scale"]
    #expect(file(options, names).problems().map(\.option) == ["lora_rank"])
  }

  @Test("a weight's own name is never taken for another's by order")
  func namesAreKept() {
    func problems(_ options: String, _ names: [String]) -> [ModelProblem] {
      KerasFile(
        config: Config.sequential([
          Config.input("in"), Config.layer("LayerNormalization", "n", options),
        ]), groups: [("n", names.map { .init("n/\($0)") })]
      ).problems()
    }
    #expect(problems(#""scale": false"#, ["gamma"]).map(\.kind) == [.invalid])
    #expect(problems(#""center": false"#, ["kernel"]).map(\.kind) == [.invalid])
    #expect(problems(#""scale": false"#, ["beta"]).isEmpty)
    #expect(problems(#""scale": false"#, ["variable"]).isEmpty)
    #expect(problems(#""rms_scaling": true, "scale": false"#, ["gamma"]).isEmpty)
  }
}
