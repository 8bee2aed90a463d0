import KerasFormat
import ModelFormat
import Testing

@Suite("Weights in another form than their class's")
struct UncommonWeightTests {
  private func problems(_ options: String) -> [ModelProblem] {
    KerasFile(
      config: Config.sequential([Config.input("in"), Config.layer("Dense", "d", options)]),
      groups: [("d", [.init("d/bias"), .init("d/kernel"), .init("d/kernel_scale")])]
    ).problems()
  }

  @Test(
    "are refused by the option's name, and not called damaged",
    arguments: [
      (
        #""dtype": "int8_from_float32""#, "dtype",
        "the quantised policy \"int8_from_float32\" is not supported"
      ),
      (
        #""dtype": {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int4", "source_name": "mixed_float16"}}"#,
        "dtype", "the quantised policy \"int4_from_mixed_float16\" is not supported"
      ),
      (
        #""quantization_config": {"class_name": "Int8QuantizationConfig", "config": {}}"#,
        "quantization_config", "quantised weights (Int8QuantizationConfig) are not supported"
      ),
      (
        #""lora_rank": 4"#, "lora_rank",
        "weights of low rank (LoRA) are not supported, found rank 4"
      ),
      (
        #""activation": {"class_name": "PReLU", "config": {"name": "p"}}"#, "activation",
        "an activation with weights, of class \"PReLU\", is not supported"
      ),
    ])
  func refused(options: String, option: String, reason: String) {
    let expected = ModelProblem(
      .unsupported, layer: "d", className: "Dense", option: option, reason: reason)
    #expect(problems(options) == [expected])
  }

  @Test("a plain layer with such weights stays damaged")
  func damaged() {
    let found = problems(#""lora_rank": null, "quantization_config": null, "dtype": "float16""#)
    #expect(found.map(\.kind) == [.invalid])
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
