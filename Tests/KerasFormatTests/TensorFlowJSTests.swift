import Foundation
import ModelFormat
import TemporaryFolders
import Tensors
import Testing

@testable import KerasFormat

@Suite("TensorFlow.js's models of layers")
struct TensorFlowJSTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The weights of a manifest whose only file, `w.bin`, holds the given bytes.
  private func weights(
    _ entries: String, _ bytes: [UInt8], path: String = "./w.bin"
  ) throws -> [StoredWeight] {
    try Data(bytes).write(to: URL(filePath: folder("w.bin")))
    let text = #"{"weightsManifest": [{"paths": ["\#(path)"], "weights": [\#(entries)]}]}"#
    return try WeightsManifest(JSONValue(parsing: text), files: FolderFiles(path: folder.path))
      .weights()
  }

  @Test("whole numbers on a grid become numbers again")
  func grid() throws {
    let entry = #"""
      {"name": "d/kernel", "shape": [2, 2], "dtype": "float32",
       "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1, "original_dtype": "float32"}}
      """#
    let weights = try weights(entry, [0, 1, 2, 255])
    #expect(weights[0].tensor.elements(as: Float.self) == [-1, -0.5, 0, 126.5])
  }

  @Test("more or fewer bytes than the weights take are an error", arguments: [0, 7, 9, 16])
  func size(count: Int) {
    #expect(throws: ModelProblem.self) {
      try weights(
        #"{"name": "d/bias", "shape": [2], "dtype": "float32"}"#,
        [UInt8](repeating: 0, count: count))
    }
  }

  @Test(
    "what is no weight is an error",
    arguments: [
      #"{"name": "d", "shape": [-1], "dtype": "float32"}"#,
      #"{"name": "d", "shape": [4611686018427387904, 8], "dtype": "float32"}"#,
      #"{"name": "d", "shape": [1], "dtype": "string"}"#, #"{"shape": [1], "dtype": "float32"}"#,
      #"{"name": "d", "shape": [4], "dtype": "float32", "quantization": {"dtype": "uint8"}}"#,
    ])
  func entry(text: String) {
    #expect(throws: ModelProblem.self) { try weights(text, [0, 0, 0, 0]) }
  }

  @Test("paths lead nowhere else", arguments: ["../w.bin", "/etc/passwd", "..", "", "./"])
  func paths(path: String) {
    #expect(throws: ModelProblem.self) {
      try weights(#"{"name": "d", "shape": [1], "dtype": "float32"}"#, [0, 0, 0, 0], path: path)
    }
  }

  @Test("a layer that JavaScript named otherwise has the weights that no other has")
  func names() throws {
    let text = #"""
      {"modelTopology": {"class_name": "Sequential", "config": {"name": "s", "layers": [
         {"class_name": "Dense", "config": {"name": "d", "units": 1, "use_bias": false,
            "batch_input_shape": [null, 1, 2]}},
         {"class_name": "Bidirectional", "config": {"name": "b", "merge_mode": "concat", "layer":
            {"class_name": "SimpleRNN", "config": {"name": "r", "units": 1, "use_bias": false}}}}]},
       "keras_version": "tfjs-layers 4.22.0", "backend": "tensor_flow.js"},
       "weightsManifest": [{"paths": ["w.bin"], "weights": [
         {"name": "d/kernel", "shape": [2, 1], "dtype": "float32"},
         {"name": "forward_r/kernel", "shape": [1, 1], "dtype": "float32"},
         {"name": "forward_r/recurrent_kernel", "shape": [1, 1], "dtype": "float32"},
         {"name": "backward_r/kernel", "shape": [1, 1], "dtype": "float32"},
         {"name": "backward_r/recurrent_kernel", "shape": [1, 1], "dtype": "float32"}]}]}
      """#
    let numbers: [Float] = [1, 2, 3, 4, 5, 6]
    try Data(numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } })
      .write(to: URL(filePath: folder("w.bin")))
    let model = try TensorFlowJSModel.read(
      JSONValue(parsing: text), path: folder("model.json"), source: "model.json")
    #expect(model.problems.isEmpty)
    let weights = model.contents.weights
    #expect(weights["d/kernel"]?.elements(as: Float.self) == [1, 2])
    #expect(weights["b/backward_layer/recurrent_kernel"]?.elements(as: Float.self) == [6])
  }
}
