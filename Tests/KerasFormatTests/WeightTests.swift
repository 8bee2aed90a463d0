import KerasFormat
import ModelFormat
import Tensors
import Testing

@Suite("Weights find their layers")
struct WeightTests {
  /// Two Dense layers with a BatchNormalization after each, as a nested model.
  private static func inner(frozen: Set<String> = [], trainable: Bool = true) -> String {
    let layers = ["d1", "b1", "d2", "b2"].map { name in
      Config.layer(
        name.hasPrefix("d") ? "Dense" : "BatchNormalization", name,
        trainable: !frozen.contains(name))
    }
    let body = Config.sequential(
      [Config.input("x")] + layers, name: "m", "\"trainable\": \(trainable)")
    return Config.nested(body, "m")
  }

  private static let slots = [
    "d1": ["kernel", "bias"], "d2": ["kernel", "bias"],
    "b1": ["gamma", "beta", "moving_mean", "moving_variance"],
    "b2": ["gamma", "beta", "moving_mean", "moving_variance"],
  ]

  /// Imports the nested model with weights in the order of `places`, stored under `name`, and
  /// checks that each came to its place.
  private static func check(
    _ inner: String, _ places: [String], version: String, name: (String) -> String
  ) throws {
    let weights = places.enumerated().map { index, place in
      KerasFile.Weight(name(place), [1], first: Float(index))
    }
    let file = KerasFile(
      config: Config.sequential([Config.input("in"), inner]), groups: [("m", weights)],
      version: version)
    let contents = try file.imported().sound()
    for (index, place) in places.enumerated() {
      let tensor = try #require(contents.weights["m/\(place)"])
      #expect(tensor.elements(as: Float.self) == [Float(index)], "\(place)")
    }
    for layer in contents.description.layers {
      #expect(layer.weights.map(\.name) == slots[String(layer.name.dropFirst(2))])
    }
  }

  private static let natural = ["d1", "b1", "d2", "b2"].flatMap { layer in
    (slots[layer] ?? []).map { "\(layer)/\($0)" }
  }

  private static func trainedFirst(frozen: Set<String> = []) -> [String] {
    let isFirst = { (place: String) in
      !place.contains("moving") && !frozen.contains(String(place.prefix(2)))
    }
    return natural.filter(isFirst) + natural.filter { !isFirst($0) }
  }

  @Test(
    "trained weights come first, a frozen model keeps the natural order, told by names or not",
    arguments: ["2.15.0", "3.15.1"], [false, true])
  func nestedOrder(version: String, named: Bool) throws {
    let suffix = version.hasPrefix("2") ? ":0" : ""
    let name = { (place: String) in
      named ? place + suffix : "w/" + place.drop { $0 != "/" }.dropFirst() + suffix
    }
    // Without the layers' names HDF5 could not hold two kernels, so each goes below another group.
    var count = 0
    let unique = { (place: String) in
      count += 1
      return named ? name(place) : "g\(count)/" + name(place)
    }
    try Self.check(Self.inner(), Self.trainedFirst(), version: version, name: unique)
    try Self.check(
      Self.inner(frozen: ["d1", "b2"]), Self.trainedFirst(frozen: ["d1", "b2"]), version: version,
      name: unique)
    try Self.check(
      Self.inner(frozen: ["d1", "b1", "d2", "b2"], trainable: false), Self.natural,
      version: version, name: unique)
  }

  @Test("numbers that TensorFlow adds to names that were taken do not matter")
  func staleNames() throws {
    let name = { (place: String) in "m_1/" + place.replacing("/", with: "_1/") + "_2:0" }
    try Self.check(Self.inner(), Self.trainedFirst(), version: "2.3.1", name: name)
  }

  @Test("lists of names that were split are joined", arguments: [2, 3])
  func splitNames(parts: Int) throws {
    let layers = (0..<7).map { "a\($0)" }
    let file = KerasFile(
      config: Config.sequential(
        [Config.input("in")] + layers.map { Config.layer("Dense", $0) }),
      groups: layers.map { ($0, [.init("\($0)/kernel"), .init("\($0)/bias")]) }, parts: parts)
    let contents = try file.imported().sound()
    #expect(contents.weights.count == 14)
  }

  @Test("the directions of a Bidirectional come one after the other")
  func bidirectional() throws {
    let names = ["forward_lstm", "backward_lstm"].flatMap { direction in
      ["kernel", "recurrent_kernel", "bias"].map { "b/\(direction)/lstm_cell/\($0):0" }
    }
    let layer = "\"layer\": {\"class_name\": \"LSTM\", \"config\": {\"units\": 1}}"
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in", "[null, 3, 4]"), Config.layer("Bidirectional", "b", layer),
      ]), groups: [("b", names.map { .init($0) })], version: "2.15.0")
    let description = try file.imported().sound().description
    #expect(
      description.layers[0].weights.map(\.name) == [
        "forward_layer/kernel", "forward_layer/recurrent_kernel", "forward_layer/bias",
        "backward_layer/kernel", "backward_layer/recurrent_kernel", "backward_layer/bias",
      ])
  }

  @Test(
    "each class has the weights that its options call for",
    arguments: [
      ("Dense", "\"use_bias\": false", ["kernel"]),
      ("BatchNormalization", "\"scale\": false", ["beta", "moving_mean", "moving_variance"]),
      ("LayerNormalization", "\"center\": false", ["gamma"]),
      ("DepthwiseConv2D", "", ["kernel", "bias"]),
      ("SeparableConv1D", "\"use_bias\": false", ["depthwise_kernel", "pointwise_kernel"]),
      ("Normalization", "\"mean\": null", ["mean", "variance", "count"]),
      ("Normalization", "\"mean\": 0.0, \"variance\": 1.0", []),
      ("PReLU", "", ["alpha"]), ("Embedding", "", ["embeddings"]), ("Flatten", "", []),
      ("GRU", "", ["kernel", "recurrent_kernel", "bias"]),
      (
        "MultiHeadAttention", "\"use_bias\": false",
        ["query/kernel", "key/kernel", "value/kernel", "attention_output/kernel"]
      ),
      (
        "RNN", "\"cell\": {\"class_name\": \"GRUCell\", \"config\": {\"use_bias\": false}}",
        ["cell/kernel", "cell/recurrent_kernel"]
      ),
    ])
  func layouts(className: String, options: String, names: [String]) throws {
    let file = KerasFile(
      config: Config.sequential([Config.input("in"), Config.layer(className, "a", options)]),
      groups: [("a", names.map { .init("a/\($0)") })])
    let layer = try file.imported().sound().description.layers[0]
    #expect(layer.weights.map(\.name) == names)
  }

  @Test("a depthwise kernel of Keras 2 goes by Keras 3's name")
  func depthwiseKernel() throws {
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in"), Config.layer("DepthwiseConv2D", "a", "\"use_bias\": false"),
      ]), groups: [("a", [.init("a/depthwise_kernel:0")])], version: "2.15.0")
    #expect(try file.imported().sound().description.layers[0].weights.map(\.name) == ["kernel"])
  }

  @Test("a layer of an unknown class keeps its options, and its weights under their own names")
  func unknownLayer() throws {
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in"), Config.layer("Custom>Mine", "mine", "\"depth\": 3"),
      ]), groups: [("mine", [.init("mine/a/w:0"), .init("mine/b/w:0"), .init("mine/v:0")])])
    let layer = try file.imported().sound().description.layers[0]
    #expect(layer.className == "Custom>Mine")
    #expect(layer.config == ["depth": .int(3)])
    #expect(layer.weights.map(\.name) == ["a/w", "b/w", "mine/v"])
  }

  @Test(
    "a wrapper around a layer of an unknown class keeps the weights that it finds",
    arguments: [
      ("RNN", "\"cell\": {\"class_name\": \"Mine>Cell\", \"config\": {}}"),
      ("Bidirectional", "\"layer\": {\"class_name\": \"Mine>RNN\", \"config\": {}}"),
      (
        "RNN",
        """
        "cell": {"class_name": "StackedRNNCells", "config":
         {"cells": [{"class_name": "LSTMCell", "config": {}},
          {"class_name": "Mine>Cell", "config": {}}]}}
        """
      ),
    ])
  func wrappedUnknown(className: String, options: String) throws {
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in", "[null, 3, 4]"), Config.layer(className, "it", options),
      ]), groups: [("it", [.init("it/cell/kernel:0"), .init("it/cell/norm/gamma:0")])],
      version: "2.15.0")
    let layer = try file.imported().sound().description.layers[0]
    #expect(layer.weights.map(\.name) == ["kernel", "gamma"])
  }

  @Test("a registered class is not Keras's class of that name")
  func registeredClass() throws {
    let layer = """
      {"class_name": "Dense", "registered_name": "mine>Dense", "module": "mine",
       "config": {"name": "d", "trainable": true}}
      """
    let file = KerasFile(config: Config.sequential([Config.input("in"), layer]))
    #expect(try file.imported().sound().description.layers[0].className == "mine>Dense")
  }

  @Test("a Lambda is described, its code untouched")
  func lambda() throws {
    let function = "{\"class_name\": \"__lambda__\", \"config\": {\"code\": \"4wEA\"}}"
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in"), Config.layer("Lambda", "code", "\"function\": \(function)"),
      ]))
    let layer = try file.imported().sound().description.layers[0]
    #expect(layer.className == "Lambda")
    #expect(layer.config["function"]?["config"]?["code"] == .string("4wEA"))
  }

  @Test("a model that two nested models share is stored once and described in both")
  func sharedModel() throws {
    func holder(_ name: String) -> String {
      Config.nested(
        Config.sequential(
          [
            Config.input("x"),
            Config.nested(Config.sequential([Config.input("y"), Config.layer("Dense", "d")]), "s"),
          ], name: name), name)
    }
    let outer = Config.nested(
      Config.sequential([Config.input("z"), holder("a"), holder("b")], name: "m"), "m")
    let file = KerasFile(
      config: Config.sequential([Config.input("in"), outer]),
      groups: [("m", [.init("d/kernel", [1], first: 7), .init("d/bias", [1], first: 8)])])
    let weights = try file.imported().sound().weights
    for holder in ["a", "b"] {
      #expect(weights["m/\(holder)/s/d/kernel"]?.elements(as: Float.self) == [7])
      #expect(weights["m/\(holder)/s/d/bias"]?.elements(as: Float.self) == [8])
    }
  }

  @Test("groups of other names are matched by position, as Keras matches them")
  func otherNames() throws {
    let file = KerasFile(
      config: Config.sequential([
        Config.input("in"), Config.layer("Dense", "a"), Config.layer("Flatten", "f"),
        Config.layer("Dense", "b"),
      ]),
      groups: [
        ("dense_8", [.init("dense_8/kernel", [1], first: 1), .init("dense_8/bias")]),
        ("flatten_4", []),
        ("dense_9", [.init("dense_9/kernel", [1], first: 2), .init("dense_9/bias")]),
      ])
    let contents = try file.imported().sound()
    #expect(contents.weights["a/kernel"]?.elements(as: Float.self) == [1])
    #expect(contents.weights["b/kernel"]?.elements(as: Float.self) == [2])
    #expect(
      contents.provenance.rules == [
        "weight groups whose names no layer has are matched by their position"
      ])
  }
}
