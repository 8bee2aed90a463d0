import HDF5
import Inference
import KerasFormat
import ModelFormat
import Parity
import Tensors
import Testing

/// What other programs that read Keras models have got wrong without a word, each with a test that
/// the trap is there and that KerasKit does not fall into it.
///
/// - TensorFlow.js: strings in options are respelled, `hard_sigmoid` too.
///   `stringsInOptionsKeepTheirSpelling`.
/// - TensorFlow.js: weights come in the order of the groups, not of `layer_names`.
///   `weightsComeInTheOrderOfTheList`.
/// - TensorFlow.js: names of weights that TensorFlow numbered find no layer. `WeightTests`,
///   "numbers that TensorFlow adds …".
/// - TensorFlow.js: functions of TensorFlow and operations are unknown layers. `GraphTests`, "a
///   function of TensorFlow …".
/// - DL4J: a layer whose weights are not found goes on without. `MalformedModelTests`, "a
///   layer's weights missing".
/// - DL4J: a GRU is read as a SimpleRNN. `aGRUHasItsGates`.
/// - DL4J: `axis` of a BatchNormalization is ignored. `batchNormalizationKeepsItsAxis`.
/// - DL4J: `TimeDistributed` is the layer that it holds. `InliningTests`, "TimeDistributed
///   folds time …".
/// - DL4J, keras2c: nested models are not read. `InliningTests`.
/// - frugally-deep: tensors given by keyword are dropped. `keywordTensorsCount`.
/// - frugally-deep: a Pipeline is an identity. `aPipelineRunsItsSteps`.
/// - frugally-deep: Masking is an identity. `masksCount`.
/// - frugally-deep: checks draw from N(0, 1), so masks and ids are never met.
///   `referencesHoldMaskedStepsAndIds`.
/// - frugally-deep: 1e-4 absolute fails at 18 and lets all pass at 1e-6.
///   `toleranceFollowsTheSizeOfNumbers`.
/// - frugally-deep: outputs alone are checked, so no layer is named. `ParityCheckTests`,
///   `theFirstLayerThatDivergesIsNamed`.
/// - keras2c: `hard_sigmoid` is Keras 2's for every file. `hardSigmoidIsItsVersions`.
/// - keras2c: `same` pads a Conv3D's depth by another axis's dilation.
///   `eachAxisHasItsOwnHoles`.
/// - keras2c: `groups` is neither read nor refused. `groupsCount`.
/// - keras2c: merges do not broadcast. `mergesBroadcast`.
/// - keras2c: `shared_axes` of a PReLU are refused. `axesAreKept`.
/// - keras2c: a Bidirectional must merge. `twoDirectionsMayStayApart`.
/// - frugally-deep: a Softmax is one of the last axis. `axesAreKept`.
/// - frugally-deep: states of stateful layers are gone. `SessionTests`.
/// - Keras 2.4 and later: kernels that Theano turns are read as they stand.
///   `theanosKernelsAreTurned`.
/// - Keras 2, TensorFlow: calls of shared layers are renumbered when they wait for others.
///   `GraphTests`, "calls are ordered by …".
/// - Keras 3: old `hard_sigmoid` computes the new formula. `hardSigmoidIsItsVersions`.
/// - Keras 3: operations in a `.h5` cannot be loaded. `GraphTests`, "an operation of Keras 3
///   …".
/// - keras-js: masked steps count. `masksCount`.
/// - coremltools: `channels_first` is taken for `channels_last`. `channelsMayComeFirst`.
@Suite("What other programs get wrong")
struct OtherPeoplesBugsTests {
  private static func fixture(_ name: String) -> KerasFixture {
    KerasFixture(name: name, suffix: ".h5")
  }

  /// The report on a fixture whose inputs, or whose model, were changed.
  private static func report(
    _ name: String, model: (inout ModelContents) -> Void = { _ in },
    inputs: (String, Tensor) -> Tensor = { $1 }
  ) throws -> ParityReport {
    var contents = try fixture(name).contents()
    model(&contents)
    let cases = try fixture(name).reference()
    let tensors = cases.tensors.map { name, tensor in
      (name, name.hasPrefix("inputs/") ? inputs(name, tensor) : tensor)
    }
    return try ParityCheck(Model(contents))(
      ReferenceCases(Dictionary(uniqueKeysWithValues: tensors)))
  }

  @Test func stringsInOptionsKeepTheirSpelling() throws {
    let layers = try Self.fixture("layers/Activation/near").contents().description.layers
    for name in ["hard_sigmoid", "log_sigmoid", "hard_silu"] {
      let layer = try #require(layers.first { $0.name == name })
      #expect(layer.config["activation"] == .string(name))
    }
  }

  @Test func weightsComeInTheOrderOfTheList() throws {
    let name = "keras2/2.0.8/sequential_in_sequential"
    let file = try HDF5File.read(path: "\(KerasFixture.root)/\(name).h5")
    let names = try file.group(at: "model_weights").attributes.strings("layer_names")
    #expect(names != names.sorted())
    #expect(try Self.report(name).passes)
  }

  @Test func aGRUHasItsGates() throws {
    let layers = try Self.fixture("layers/GRU/gates").contents().description.layers
    #expect(layers.contains { $0.className == "GRU" })
    #expect(!layers.contains { $0.className == "SimpleRNN" })
    #expect(try Self.report("layers/GRU/gates").passes)
  }

  @Test func batchNormalizationKeepsItsAxis() throws {
    let name = "layers/BatchNormalization/rank4"
    let layers = try Self.fixture(name).contents().description.layers
    #expect(layers.contains { $0.config["axis"] == .int(1) })
    #expect(try Self.report(name).passes)
  }

  @Test(arguments: ["Add", "Multiply"]) func mergesBroadcast(_ name: String) throws {
    let fixture = "layers/\(name)/broadcast"
    let inputs = try Self.fixture(fixture).contents().description.inputs
    #expect(Set(inputs.map(\.shape)).count > 1)
    #expect(try Self.report(fixture).passes)
  }

  @Test(arguments: ["Softmax", "PReLU"]) func axesAreKept(_ name: String) throws {
    let fixture = "layers/\(name)/rank4"
    let layers = try Self.fixture(fixture).contents().description.layers
    #expect(
      layers.contains { layer in
        layer.config["axis"].map { $0 != .int(-1) } ?? false
          || layer.config["shared_axes"]?.array?.isEmpty == false
      })
    #expect(try Self.report(fixture).passes)
  }

  @Test func twoDirectionsMayStayApart() throws {
    let name = "layers/Bidirectional/unmerged"
    #expect(try Self.fixture(name).contents().description.outputs.count > 1)
    #expect(try Self.report(name).passes)
  }

  @Test func channelsMayComeFirst() throws {
    let name = "layers/Conv2D/channels_first"
    let layers = try Self.fixture(name).contents().description.layers
    #expect(layers.contains { $0.className == "Transpose" })
    #expect(try Self.report(name).passes)
  }

  @Test func keywordTensorsCount() throws {
    let name = "layers/GRU/initial_state"
    #expect(try Self.report(name).passes)
    let without = try Self.report(
      name, inputs: { $0 == "inputs/state0" ? $1.zeros : $1 })
    #expect(!without.passes)
  }

  @Test func aPipelineRunsItsSteps() throws {
    let layers = try Self.fixture("layers/Pipeline/steps").contents().description.layers
    #expect(layers.contains { $0.className == "Rescaling" || $0.className == "Resizing" })
    #expect(try Self.report("layers/Pipeline/steps").passes)
  }

  @Test func masksCount() throws {
    let name = "layers/Masking/lstm"
    #expect(try Self.report(name).passes)
    let without = try Self.report(
      name,
      model: { contents in
        for index in contents.description.nodes.indices {
          let place = contents.description.nodes[index].keywords.removeValue(forKey: "mask")
          if let place { contents.description.nodes[index].inputs.remove(at: place) }
        }
      })
    #expect(!without.passes)
  }

  @Test func referencesHoldMaskedStepsAndIds() throws {
    let steps = try #require(
      try Self.fixture("layers/Masking/lstm").reference().inputs["x"])
    let width = steps.shape[-1]
    let numbers = steps.elements(as: Float.self)
    let masked = stride(from: 0, to: numbers.count, by: width).filter { start in
      numbers[start..<start + width].allSatisfy { $0 == 0 }
    }
    #expect(!masked.isEmpty && masked.count < numbers.count / width)
    let ids = try Self.fixture("layers/Embedding/ids_int32").reference().inputs.values
    #expect(!ids.isEmpty && ids.allSatisfy { !$0.elementType.isFloatingPoint })
  }

  @Test func toleranceFollowsTheSizeOfNumbers() throws {
    let (large, small) = (
      Tensor([2], [18, -17.5] as [Float]), Tensor([2], [1e-6, 2e-6] as [Float])
    )
    let (near, far) = (
      Tensor([2], [18.0001, -17.5] as [Float]), Tensor([2], [2e-6, 1e-6] as [Float])
    )
    let (absolute, relative) = (ParityTolerance.float32.absolute, ParityTolerance.float32.relative)
    for (values, reference, isClose) in [(near, large, true), (far, small, false)] {
      let closeness = try Closeness(
        of: values, to: reference, absolute: absolute, relative: relative)
      #expect(closeness.isClose == isClose)
    }
  }

  @Test func hardSigmoidIsItsVersions() throws {
    let names = ["layers/Activation/near", "layers/Activation/near.keras2"]
    let outputs = try names.map { name in
      #expect(try Self.report(name).passes)
      return try #require(try Self.fixture(name).reference().outputs["hard_sigmoid"])
        .elements(as: Float.self)
    }
    #expect(outputs[0] != outputs[1])
  }

  @Test(arguments: ["layers/Conv3D/holes", "layers/Conv3D/holes.keras2"])
  func eachAxisHasItsOwnHoles(name: String) throws {
    let layers = try Self.fixture(name).contents().description.layers
    #expect(layers.contains { $0.config["dilation_rate"] == .array([.int(1), .int(2), .int(3)]) })
    #expect(try Self.report(name).passes)
  }

  @Test func groupsCount() throws {
    let name = "layers/Conv3D/options"
    let layers = try Self.fixture(name).contents().description.layers
    #expect(layers.contains { $0.config["groups"] == .int(2) })
    #expect(try Self.report(name).passes)
  }

  @Test func theanosKernelsAreTurned() throws {
    let path = "\(KerasFixture.root)/keras1/theano/images.h5"
    let reference = try KerasFixture(name: "keras1/theano/images", suffix: ".h5").reference()
    for (backend, agrees) in [("theano", true), ("tensorflow", false)] {
      let file = try HDF5File.read(path: path)
      let contents = try KerasModelFile.read(file, source: path, backend: backend).sound()
      #expect(try ParityCheck(Model(contents))(reference).passes == agrees)
    }
  }
}

extension Tensor {
  /// As many zeros.
  fileprivate var zeros: Tensor {
    Tensor(shape, [Float](repeating: 0, count: shape.elementCount))
  }
}
