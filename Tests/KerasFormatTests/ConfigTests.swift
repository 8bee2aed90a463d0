import ModelFormat
import Testing

@testable import KerasFormat

@Suite("Options in the canonical dialect")
struct ConfigTests {
  private static func normalized(
    _ className: String, _ options: String, version: String
  ) throws -> JSONValue {
    let version = try #require(KerasVersion(version))
    let normalizer = ConfigNormalizer(version: version, report: ImportReport())
    let config = try #require(try JSONValue(parsing: options).object)
    return .object(normalizer.normalized(config, className: className, fileClassName: className))
  }

  @Test(
    "options are spelled as Keras 3 spells them",
    arguments: [
      ("LeakyReLU", #"{"alpha": 0.25}"#, #"{"negative_slope": 0.25}"#),
      ("BatchNormalization", #"{"axis": [3], "momentum": 0.9}"#, #"{"axis": 3}"#),
      ("UnitNormalization", #"{"axis": [1, 2]}"#, #"{"axis": [1, 2]}"#),
      ("Normalization", #"{"axis": [], "mean": null}"#, #"{"axis": [], "mean": null}"#),
      (
        "MaxPooling1D", #"{"pool_size": 2, "strides": null}"#,
        #"{"pool_size": [2], "strides": [2]}"#
      ),
      ("Conv2D", #"{"kernel_size": 3, "groups": 1}"#, #"{"kernel_size": [3, 3], "groups": 1}"#),
      ("DepthwiseConv2D", #"{"groups": 1, "filters": 8}"#, "{}"),
      ("Conv2DTranspose", #"{"groups": 1, "output_padding": null}"#, "{}"),
      ("ZeroPadding1D", #"{"padding": 2}"#, #"{"padding": [2, 2]}"#),
      ("ZeroPadding2D", #"{"padding": 1}"#, #"{"padding": [[1, 1], [1, 1]]}"#),
      ("Cropping2D", #"{"cropping": [1, 2]}"#, #"{"cropping": [[1, 1], [2, 2]]}"#),
      (
        "Cropping3D", #"{"cropping": [[1, 0], [2, 3], [0, 0]]}"#,
        #"{"cropping": [[1, 0], [2, 3], [0, 0]]}"#
      ),
      ("UpSampling1D", #"{"size": [3]}"#, #"{"size": 3}"#),
      ("UpSampling2D", #"{"size": 2}"#, #"{"size": [2, 2]}"#),
      ("Dropout", #"{"rate": 0.5, "seed": 1, "noise_shape": null}"#, "{}"),
      (
        "Dense", #"{"units": 3, "dtype": "float32", "kernel_initializer": {}, "lora_rank": null}"#,
        #"{"units": 3}"#
      ),
      (
        "Rescaling",
        #"{"scale": {"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": "float32"}}}"#,
        #"{"scale": [1, 2]}"#
      ),
      ("ReLU", #"{"max_value": {"type": "ndarray", "value": 6.0}}"#, #"{"max_value": 6.0}"#),
      ("CategoryEncoding", #"{"dtype": "int64", "sparse": false}"#, #"{"dtype": "int64"}"#),
    ])
  func spelling(className: String, options: String, expected: String) throws {
    let expected = try JSONValue(parsing: expected)
    #expect(try Self.normalized(className, options, version: "2.15.0") == expected)
    #expect(try Self.normalized(className, options, version: "3.15.1") == expected)
  }

  @Test(
    "defaults that moved between versions are written out",
    arguments: [
      ("2.1.0", #"{"reset_after": false, "recurrent_activation": "hard_sigmoid_keras2"}"#),
      ("3.0.0", #"{"reset_after": true, "recurrent_activation": "sigmoid"}"#),
    ])
  func defaults(version: String, expected: String) throws {
    #expect(try Self.normalized("GRU", "{}", version: version) == JSONValue(parsing: expected))
  }

  @Test(
    "what becomes of whole numbers is written out",
    arguments: [
      ("3.10.0", "LayerNormalization", "{}", "{}"),
      ("3.11.0", "LayerNormalization", "{}", #"{"whole_numbers": "cast"}"#),
      ("2.15.0", "GlobalAveragePooling1D", "{}", #"{"whole_numbers": "truncated"}"#),
      ("3.0.0", "GlobalAveragePooling1D", "{}", "{}"),
      ("2.15.0", "UpSampling2D", #"{"interpolation": "area"}"#, #"{"interpolation": "area"}"#),
      (
        "3.5.0", "UpSampling2D", #"{"interpolation": "bilinear"}"#,
        #"{"interpolation": "bilinear", "whole_numbers": "truncated"}"#
      ),
      (
        "3.6.0", "UpSampling2D", #"{"interpolation": "bilinear"}"#,
        #"{"interpolation": "bilinear", "whole_numbers": "rounded"}"#
      ),
    ])
  func wholeNumbers(version: String, className: String, options: String, expected: String) throws {
    let config = try Self.normalized(className, options, version: version)
    #expect(try config == JSONValue(parsing: expected))
  }

  @Test(
    "attention adds masks to its scores before Keras 3.10, unless it was told otherwise",
    arguments: [
      ("2.15.0", "{}", #"{"adds_mask": true}"#),
      ("2.15.0", #"{"softmax_robust_masking": true}"#, #"{"keeps_masked": true}"#),
      ("3.0.0", "{}", #"{"adds_mask": true}"#),
      ("3.10.0", "{}", "{}"),
    ])
  func addedMask(version: String, options: String, expected: String) throws {
    let config = try Self.normalized("MultiHeadAttention", options, version: version)
    #expect(try config == JSONValue(parsing: expected))
  }

  @Test(
    "activations have one name",
    arguments: [
      (#""relu""#, #""relu""#), ("null", #""linear""#), (#""swish""#, #""silu""#),
      (#""hard_swish""#, #""hard_silu""#),
      (#"{"module": "builtins", "class_name": "function", "config": "relu6"}"#, #""relu6""#),
      (
        #"{"class_name": "LeakyReLU", "config": {"name": "a", "alpha": 0.5, "trainable": true}}"#,
        #"{"class_name": "LeakyReLU", "config": {"negative_slope": 0.5}}"#
      ),
    ])
  func activations(written: String, expected: String) throws {
    let config = try Self.normalized("Dense", "{\"activation\": \(written)}", version: "3.15.1")
    #expect(try config["activation"] == JSONValue(parsing: expected))
  }

  @Test("hard_sigmoid is another function up to Keras 2, wherever it stands")
  func hardSigmoid() throws {
    let options =
      #"{"layer": {"class_name": "LSTM", "config": {"recurrent_activation": "hard_sigmoid"}}}"#
    let keras2 = try Self.normalized("Bidirectional", options, version: "2.15.0")
    for key in ["layer", "backward_layer"] {
      #expect(
        keras2[key]?["config"]?["recurrent_activation"] == .string("hard_sigmoid_keras2"))
    }
    let keras3 = try Self.normalized("Bidirectional", options, version: "3.0.0")
    #expect(keras3["layer"]?["config"]?["recurrent_activation"] == .string("hard_sigmoid"))
  }

  @Test("a Bidirectional without a backward layer gets its layer's mirror image")
  func backwardLayer() throws {
    let options =
      #"{"layer": {"class_name": "GRU", "config": {"units": 3, "go_backwards": false}}}"#
    let config = try Self.normalized("Bidirectional", options, version: "2.15.0")
    #expect(config["layer"]?["config"]?["go_backwards"] == .bool(false))
    #expect(config["backward_layer"]?["config"]?["go_backwards"] == .bool(true))
    #expect(config["backward_layer"]?["config"]?["units"] == .int(3))
  }

  @Test(
    "bilinear upsampling is another one before Keras was TensorFlow's",
    arguments: [("2.3.1", "bilinear_keras2"), ("2.2.4-tf", "bilinear"), ("2.4.0", "bilinear")])
  func bilinear(version: String, expected: String) throws {
    let config = try Self.normalized(
      "UpSampling2D", #"{"interpolation": "bilinear"}"#, version: version)
    #expect(config["interpolation"] == .string(expected))
  }

  @Test(
    "classes go by their present names",
    arguments: [
      ("BatchNormalizationV1", "BatchNormalization"), ("UnifiedLSTM", "LSTM"),
      ("Model", "Functional"),
      ("Keras>Dense", "Dense"), ("Custom>Dense", "Custom>Dense"), ("Conv2D", "Conv2D"),
    ])
  func classNames(written: String, present: String) {
    #expect(ClassNames.present(written) == present)
  }

  @Test(
    "versions are read from every form that files have, or inferred",
    arguments: [("2.2.4-tf", 2), ("3.15.1", 3), ("1.2.2", 1), ("3.0.0.dev2024", 3)])
  func versions(text: String, major: Int) {
    #expect(KerasVersion(text)?.major == major)
  }

  @Test(
    "a file without a version is known by its words",
    arguments: [
      (#"{"config": {"batch_shape": [null]}}"#, 3), (#"{"config": {"nb_filter": 3}}"#, 1),
      (#"{"config": [{"kernel_initializer": 1}]}"#, 2),
    ])
  func inferredVersion(config: String, major: Int) throws {
    #expect(try KerasVersion(inferredFrom: JSONValue(parsing: config)).major == major)
  }

  @Test(
    "versions of Keras 3 are known by the options that they write",
    arguments: [
      (#"{"dtype": "float32", "trainable": true, "batch_shape": [null]}"#, 2),
      (#"{"dtype": {"class_name": "DTypePolicy"}, "batch_shape": [null]}"#, 8),
      (#"{"class_name": "DTypePolicy", "batch_shape": [null], "ragged": false}"#, 12),
      (
        #"{"class_name": "QuantizedDTypePolicy", "batch_shape": [1], "ragged": 0, "optional": 0}"#,
        13
      ),
      (#"{"class_name": "DTypePolicy", "batch_shape": [1], "ragged": 0, "optional": 0}"#, 15),
      (#"{"batch_shape": [null]}"#, 15),
    ])
  func inferredMinorVersion(config: String, minor: Int) throws {
    #expect(try KerasVersion(inferredFrom: JSONValue(parsing: config)).minor == minor)
  }
}
