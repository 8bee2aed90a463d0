/// A rule by which an import departs from what the file says literally, or chooses among readings
/// that differ between Keras versions.
enum ImportRule {
  /// The file has no `keras_version`.
  case versionInferred(Int)
  /// `hard_sigmoid` has another slope up to Keras 2.
  case keras2HardSigmoid
  /// Bilinear upsampling of Keras before TensorFlow's.
  case keras2Bilinear
  /// `same` padding on Theano.
  case paddedByTheano
  /// A file that does not name its back end asks for what Theano alone has.
  case theanoInferred
  /// A GRU of early Keras 2 has no `reset_after`.
  case resetAfterAbsent
  /// A recurrent layer of early Keras 2 has no `recurrent_activation`.
  case recurrentActivationAbsent
  /// A `Bidirectional` without a `backward_layer` of its own.
  case backwardLayerMirrored
  /// A policy that computes in 16 bits.
  case rounded(policy: String, type: String)
  /// A policy that computes in double precision.
  case computedInFloat32(policy: String)
  /// An input that Keras takes as a sparse tensor.
  case sparseInputsDense
  /// An input whose batch axis has a size.
  case batchSizeFreed
  /// Nested models are inlined.
  case nestedModelsInlined
  /// `TimeDistributed` is inlined.
  case timeDistributedInlined
  /// `channels_first` layers are rewritten.
  case channelsFirstRewritten
  /// The bias of a `channels_first` layer may go along the last axis.
  case biasFitsLines
  /// Recurrent layers with time on the first axis are rewritten.
  case timeMajorRewritten
  /// A model's class is not Keras's own, but its graph is in the file.
  case subclassReadAsGraph(String)
  /// Calls in training are those at inference in `predict()`.
  case trainingCallsPredict
  /// References to a nested model's calls count from 1.
  case nestedCallsCountFromOne
  /// A nested model's weights are told apart by their names.
  case nestedWeightsByName
  /// A nested model's weights are told apart by Keras's order.
  case nestedWeightsByOrder
  /// Weights are stored in the form of some version or back end.
  case weightsConverted(String)
  /// Weights are quantised.
  case weightsQuantized(String)
  /// Layers within attention are quantised.
  case headsQuantizedAsUsual
  /// `TimeDistributed` holds a quantised layer.
  case quantizationBypassed
  /// A configuration of Keras 1.
  case keras1Translated
  /// The file's weight groups have other names than the layers.
  case weightGroupsByPosition

  /// The rule in one sentence, for people.
  var sentence: String {
    switch self {
    case .versionInferred(let major):
      "the file names no Keras version; its configuration is Keras \(major)'s"
    case .keras2HardSigmoid: "hard_sigmoid is Keras 2's, clip(0.2 x + 0.5, 0, 1)"
    case .keras2Bilinear: "bilinear upsampling aligns corners' origins, not pixels' centres"
    case .paddedByTheano: "\"same\" padding is Theano's, half a window in front"
    case .theanoInferred:
      "the file names no back end; \"full\" padding is Theano's alone, so kernels are turned round"
    case .resetAfterAbsent: "GRU layers without reset_after reset before the product"
    case .recurrentActivationAbsent:
      "recurrent layers without recurrent_activation use Keras 2's hard_sigmoid"
    case .backwardLayerMirrored:
      "Bidirectional layers without a backward_layer run their layer's mirror image"
    case .rounded(let policy, let type):
      "layers of policy \(policy) round what each of their operations gives to \(type)"
    case .computedInFloat32(let policy): "layers of policy \(policy) are computed in float32"
    case .sparseInputsDense: "sparse inputs are taken as dense arrays, zeros and all"
    case .batchSizeFreed: "inputs of a fixed batch size take batches of any size"
    case .nestedModelsInlined: "nested models are inlined under their path"
    case .timeDistributedInlined:
      "TimeDistributed layers fold time into the batch around the layer they hold"
    case .channelsFirstRewritten: "channels_first layers run channels_last between transposes"
    case .biasFitsLines:
      "biases of channels_first layers go along the last axis where that is as long as they are, "
        + "as in Keras on TensorFlow since 3.7"
    case .timeMajorRewritten:
      "time_major layers run batch-major between exchanges of the first two axes"
    case .subclassReadAsGraph(let name):
      "models of class \(name) are read as the graph that their configuration holds"
    case .trainingCallsPredict:
      "calls with training=True compute as at inference, as in Keras 3's predict()"
    case .nestedCallsCountFromOne: "references to nested models' calls count from 1"
    case .nestedWeightsByName: "weights of nested models are matched by their stored names"
    case .nestedWeightsByOrder:
      "weights of nested models are matched by Keras's order, trainable ones first"
    case .weightsConverted(let form): "weights of the form \(form) are converted"
    case .weightsQuantized(let mode): "weights quantised by \(mode) are computed with as in Keras"
    case .headsQuantizedAsUsual:
      "layers within attention are taken to be quantised as Keras does it unless told otherwise"
    case .quantizationBypassed:
      "quantised weights inside TimeDistributed are multiplied as they are stored, as Keras does"
    case .keras1Translated: "layers of Keras 1 are read as those of Keras 2 that replaced them"
    case .weightGroupsByPosition:
      "weight groups whose names no layer has are matched by their position"
    }
  }
}
