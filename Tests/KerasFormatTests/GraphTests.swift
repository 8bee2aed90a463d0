import KerasFormat
import ModelFormat
import Testing

@Suite("Graphs of functional models")
struct GraphTests {
  @Test("a Keras 2 call lists its values")
  func keras2Values() throws {
    let file = KerasFile(
      config: Config.functional(
        [
          Config.layer("InputLayer", "a", "\"batch_input_shape\": [null, 3]"),
          Config.layer("InputLayer", "b", "\"batch_input_shape\": [null, 3]"),
          Config.layer("Add", "sum", calls: "[[[\"a\", 0, 0, {}], [\"b\", 0, 0, {}]]]"),
        ], inputs: "[[\"a\", 0, 0], [\"b\", 0, 0]]", outputs: "[[\"sum\", 0, 0]]"),
      version: "2.15.0")
    let description = try file.description()
    #expect(description.inputs.map(\.name) == ["a", "b"])
    #expect(description.inputs[0].shape == [nil, 3])
    #expect(description.nodes == [NodeDescription(name: "sum", layer: "sum", inputs: ["a", "b"])])
    #expect(description.outputs == [OutputDescription(name: "sum", value: "sum")])
  }

  /// A model of Keras 2 that is one call of a function of TensorFlow.
  private func keras2File(function: String, call: String) -> KerasFile {
    KerasFile(
      config: Config.functional(
        [
          Config.layer("InputLayer", "a", "\"batch_input_shape\": [null, 3]"),
          Config.layer("TFOpLambda", "op", "\"function\": \"\(function)\"", calls: "[\(call)]"),
        ], inputs: "[[\"a\", 0, 0]]", outputs: "[[\"op\", 0, 0]]"), version: "2.15.0")
  }

  @Test("a function of TensorFlow is an operation, its constants under their place")
  func keras2Constants() throws {
    let call = "[\"_CONSTANT_VALUE\", -1, 1.5, {\"y\": [\"a\", 0, 0], \"name\": null}]"
    let description = try keras2File(function: "math.subtract", call: call).description()
    #expect(description.layers.map(\.className) == ["ops.Subtract"])
    let node = try #require(description.nodes.first)
    #expect(node.inputs == ["a"])
    #expect(node.keywords.isEmpty)
    #expect(node.arguments == ["0": .double(1.5)])
  }

  /// A model of Keras 2 that makes complex numbers of its input and itself, gives them to a function
  /// of TensorFlow, and returns their imaginary parts.
  private func complexFile(function: String, arguments: String) -> KerasFile {
    KerasFile(
      config: Config.functional(
        [
          Config.layer("InputLayer", "a", "\"batch_input_shape\": [null, 3]"),
          Config.layer(
            "TFOpLambda", "pair", "\"function\": \"dtypes.complex\"",
            calls: "[[\"a\", 0, 0, {\"imag\": [\"a\", 0, 0]}]]"),
          Config.layer(
            "TFOpLambda", "op", "\"function\": \"\(function)\"",
            calls: "[[\"pair\", 0, 0, {\(arguments)}]]"),
          Config.layer(
            "TFOpLambda", "part", "\"function\": \"math.imag\"", calls: "[[\"op\", 0, 0, {}]]"),
        ], inputs: "[[\"a\", 0, 0]]", outputs: "[[\"part\", 0, 0]]"), version: "2.15.0")
  }

  @Test("what a pad puts beside complex numbers is real")
  func complexPad() throws {
    let description = try complexFile(
      function: "compat.v1.pad",
      arguments: "\"paddings\": [[0, 0], [1, 1]], \"constant_values\": 1.0"
    ).description()
    let fills = description.nodes.filter { $0.layer.hasPrefix("op") }.map {
      $0.arguments["constant_values"]
    }
    #expect(fills == [.double(1), nil])
  }

  @Test("a function that is not known of complex numbers is the only problem")
  func complexProblem() {
    let problems = complexFile(function: "math.sign", arguments: "\"name\": null").problems()
    #expect(problems.map(\.layer) == ["op"])
  }

  @Test("a size that the graph takes of a shape is an expression among the call's arguments")
  func computedSizes() throws {
    let sizes = "{\"shape\": [[\"size\", 0, 0], 1, 3]}"
    let file = KerasFile(
      config: Config.functional(
        [
          Config.layer("InputLayer", "a", "\"batch_input_shape\": [null, 3]"),
          Config.layer(
            "TFOpLambda", "shape", "\"function\": \"compat.v1.shape\"",
            calls: "[[\"a\", 0, 0, {\"name\": null}]]"),
          Config.layer(
            "SlicingOpLambda", "size", "\"function\": \"__operators__.getitem\"",
            calls: "[[\"shape\", 0, 0, {\"slice_spec\": 0}]]"),
          Config.layer(
            "TFOpLambda", "op", "\"function\": \"reshape\"",
            calls: "[[\"a\", 0, 0, \(sizes)]]"),
        ], inputs: "[[\"a\", 0, 0]]", outputs: "[[\"op\", 0, 0]]"), version: "2.15.0")
    let description = try file.description()
    #expect(description.layers.map(\.name) == ["op"])
    let node = try #require(description.nodes.first)
    #expect(node.inputs == ["a", "a"])
    #expect(node.keywords == ["shape:0": 1])
    let expected = """
      [{"class_name": "__sizes__", "config": {"function": "getitem", "arguments": [
        {"class_name": "__sizes__", "config": {"function": "of", "arguments": ["shape:0"]}}, 0]}},
       1, 3]
      """
    #expect(node.arguments["newshape"] == (try JSONValue(parsing: expected)))
  }

  @Test("a node of TensorFlow's graph is the operation that it names, as text and as an object")
  func nodesOfGraphs() throws {
    let text =
      #""\n\u0004Mean\u0012\u0004Mean\u001a\u000bPlaceholder\u001a\u0016Mean"#
      + #"/reduction_indices*\u0007\n\u0001T\u0012\u00020\u0001*\n\n\u0004Tidx\u0012\u00020\u0003"#
      + #"*\u000f\n\tkeep_dims\u0012\u0002(\u0001""#
    let object = """
      {"op": "Mean", "attr": {"keep_dims": {"b": true}, "T": {"type": "DT_FLOAT"}}}
      """
    for node in [text, object] {
      let file = KerasFile(
        config: Config.functional(
          [
            Config.layer("InputLayer", "a", "\"batch_input_shape\": [null, 3]"),
            Config.layer(
              "TensorFlowOpLayer", "tf_op_layer_Mean",
              "\"node_def\": \(node), \"constants\": {\"1\": 1}", calls: "[[\"a\", 0, 0, {}]]"),
          ], inputs: "[[\"a\", 0, 0]]", outputs: "[[\"tf_op_layer_Mean\", 0, 0]]"),
        version: "2.2.0")
      let layer = try #require(try file.description().layers.first)
      #expect(layer.className == "ops.Mean")
      #expect(
        layer.config == ["axis": .int(1), "keepdims": .bool(true), "keeps_type": .bool(true)])
    }
  }

  @Test("an operation of Keras 3 is told apart from the layer of its name")
  func operations() throws {
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("a"),
          """
          {"class_name": "Add", "config": {"name": "op"}, "name": "op",
           "inbound_nodes": [\(Config.call(Config.value("a"), "1.0"))]}
          """,
          Config.layer(
            "Add", "layer",
            calls: "[\(Config.call("[\(Config.value("a")), \(Config.value("op"))]"))]"),
        ], inputs: "[\"a\", 0, 0]", outputs: "[\"layer\", 0, 0]"))
    let description = try file.description()
    #expect(description.layers.map(\.className) == ["ops.Add", "Add"])
    #expect(description.nodes[0].arguments == ["1": .double(1)])
    #expect(description.nodes[1].inputs == ["a", "op"])
  }

  @Test("an einsum of Keras 2 lacks its tensors in the file")
  func einsum() throws {
    let call = "[\"_CONSTANT_VALUE\", -1, \"ab,bc->ac\", {}]"
    #expect(
      keras2File(function: "einsum", call: call).problems().first?.reason
        == "Keras 2 writes an einsum without its tensors, so that the file does not tell them")
  }

  @Test("a list of tensors given by name keeps the places of those that are left out")
  func namedLists() throws {
    let call = Config.call(
      "[\(Config.value("a")), \(Config.value("a"))]",
      keywords: "{\"mask\": [null, \(Config.value("m"))]}")
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("a", "[null, 3, 4]"), Config.input("m", "[null, 3]"),
          Config.layer("Attention", "it", "\"use_scale\": false", calls: "[\(call)]"),
        ], inputs: "[[\"a\", 0, 0], [\"m\", 0, 0]]", outputs: "[\"it\", 0, 0]"))
    let node = try #require(try file.description().nodes.first)
    #expect(node.inputs == ["a", "a", "m"])
    #expect(node.keywords == ["mask:1": 2])
  }

  @Test(
    "the query mask that a call gives counts for grouped heads alone, as in Keras",
    arguments: [("MultiHeadAttention", [:]), ("GroupQueryAttention", ["query_mask": 2])])
  func queryMask(className: String, expected: [String: Int]) throws {
    let call = Config.call(
      Config.value("a"), Config.value("a"),
      keywords: "{\"query_mask\": \(Config.value("m"))}")
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("a", "[null, 3, 4]"), Config.input("m", "[null, 3]"),
          Config.layer(className, "it", "\"use_bias\": false", calls: "[\(call)]"),
        ], inputs: "[[\"a\", 0, 0], [\"m\", 0, 0]]", outputs: "[\"it\", 0, 0]"),
      groups: [
        (
          "it",
          ["query", "key", "value", "attention_output"].map { .init("it/\($0)/kernel") }
        )
      ])
    let node = try #require(try file.description().nodes.first)
    #expect(node.keywords == expected)
  }

  @Test("a shared layer has one description and a call for each use")
  func sharedLayer() throws {
    let calls = [Config.call(Config.value("a")), Config.call(Config.value("d"))]
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("a"),
          Config.layer("Activation", "d", calls: "[\(calls.joined(separator: ","))]"),
        ], inputs: "[[\"a\", 0, 0]]", outputs: "[[\"d\", 1, 0]]"))
    let description = try file.description()
    #expect(description.layers.map(\.name) == ["d"])
    #expect(description.nodes.map(\.name) == ["d", "d#1"])
    #expect(description.nodes.map(\.inputs) == [["a"], ["d"]])
    #expect(description.outputs == [OutputDescription(name: "d", value: "d#1")])
  }

  @Test("calls are ordered by what they read, whatever the file's order")
  func unorderedLayers() throws {
    let file = KerasFile(
      config: Config.functional(
        [
          Config.layer("Activation", "z", calls: "[\(Config.call(Config.value("y")))]"),
          Config.layer("Activation", "y", calls: "[\(Config.call(Config.value("a")))]"),
          Config.input("a"),
        ], inputs: "[\"a\", 0, 0]", outputs: "[\"z\", 0, 0]"))
    #expect(try file.description().nodes.map(\.name) == ["y", "z"])
  }

  @Test("inputs and outputs in dictionaries come in the order of their keys")
  func dictionaries() throws {
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("x"), Config.input("y"),
          Config.layer("Activation", "p", calls: "[\(Config.call(Config.value("x")))]"),
          Config.layer("Activation", "q", calls: "[\(Config.call(Config.value("y")))]"),
        ], inputs: "{\"right\": [\"x\", 0, 0], \"left\": [\"y\", 0, 0]}",
        outputs: "{\"b\": [\"p\", 0, 0], \"a\": [\"q\", 0, 0]}"))
    let description = try file.description()
    #expect(description.inputs.map(\.name) == ["y", "x"])
    #expect(description.outputs.map(\.name) == ["q", "p"])
  }

  @Test("an output may be an input, and may be given twice")
  func passedThrough() throws {
    let file = KerasFile(
      config: Config.functional(
        [Config.input("a")], inputs: "[\"a\", 0, 0]", outputs: "[[\"a\", 0, 0], [\"a\", 0, 0]]"))
    #expect(try file.description().outputs.map(\.value) == ["a", "a"])
  }

  @Test("initial states are inputs after the sequence, final states further outputs")
  func recurrentStates() throws {
    let options = "\"units\": 4, \"return_state\": true"
    let states = "[\(Config.value("s")), \(Config.value("t"))]"
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("x", "[null, 5, 3]"), Config.input("s"), Config.input("t"),
          Config.layer(
            "LSTM", "first", options,
            calls: "[\(Config.call(Config.value("x"), keywords: "{\"initial_state\": \(states)}"))]"
          ),
          Config.layer(
            "LSTM", "second", options, calls: "[\(Config.call(Config.value("x"), states, "null"))]"),
        ], inputs: "[[\"x\", 0, 0], [\"s\", 0, 0], [\"t\", 0, 0]]",
        outputs: "[[\"first\", 0, 2], [\"second\", 0, 0]]"))
    let description = try file.description()
    for node in description.nodes {
      #expect(node.inputs == ["x", "s", "t"])
      #expect(node.keywords.isEmpty && node.arguments.isEmpty)
      #expect(node.outputs == [node.name, "\(node.name):1", "\(node.name):2"])
    }
    #expect(description.outputs.map(\.value) == ["first:2", "second"])
  }

  @Test("a mask given by name is a keyword; arguments that say nothing are dropped")
  func keywords() throws {
    let keywords = "{\"mask\": \(Config.value("m")), \"training\": false}"
    let file = KerasFile(
      config: Config.functional(
        [
          Config.input("x", "[null, 5, 3]"), Config.input("m"),
          Config.layer(
            "LSTM", "l", calls: "[\(Config.call(Config.value("x"), keywords: keywords))]"),
        ], inputs: "[[\"x\", 0, 0], [\"m\", 0, 0]]", outputs: "[[\"l\", 0, 0]]"))
    let nodes = try file.description().nodes
    #expect(nodes[0].inputs == ["x", "m"])
    #expect(nodes[0].keywords == ["mask": 1])
    #expect(nodes[0].arguments.isEmpty)
  }
}
