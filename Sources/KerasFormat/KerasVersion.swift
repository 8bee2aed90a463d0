import ModelFormat

/// The version of Keras that wrote a file: `2.2.4-tf`, `3.15.1`.
struct KerasVersion: Hashable, Sendable {
  /// The first number, which decides how the file is read.
  let major: Int
  /// The second number.
  let minor: Int
  /// The third number.
  let patch: Int
  /// Whether this is Keras before it became a part of TensorFlow, with its own back ends; up to
  /// 2.3, TensorFlow's versions end in `-tf`.
  let isMultiBackend: Bool
  /// Whether the file's back end was Theano, whose convolutions turn their kernels round and have
  /// paddings of their own.
  var isTheano = false
  /// Whether the file's back end may have been TensorFlow: it names this one, or none.
  var mayBeTensorFlow = true
  /// Whether the file does not tell its version, which its words point to.
  var isInferred = false

  /// The version that `text` spells, or nil where it spells none.
  init?(_ text: String) {
    let numbers = text.split(separator: ".").prefix(3).map { part in
      Int(part.prefix { $0.isNumber })
    }
    guard case .some(.some(let major)) = numbers.first else { return nil }
    self.major = major
    minor = numbers.count > 1 ? numbers[1] ?? 0 : 0
    patch = numbers.count > 2 ? numbers[2] ?? 0 : 0
    isMultiBackend = (major, minor) < (2, 4) && !text.hasSuffix("-tf")
  }

  /// The version that a configuration's own words point to, for files that do not tell.
  init(inferredFrom config: JSONValue) {
    let words = Self.words(in: config)
    patch = 0
    isInferred = true
    if !words.isDisjoint(with: ["batch_shape", "__keras_tensor__", "DTypePolicy"]) {
      (major, minor) = (3, Self.minorOfKeras3(config, words))
    } else if !words.isDisjoint(with: Self.wordsOfKeras1) {
      (major, minor) = (1, 0)
    } else {
      (major, minor) = (2, 0)
    }
    // A file of Keras 2 that tells nothing is rather TensorFlow's.
    isMultiBackend = major < 2
  }

  /// The last minor version of Keras 3 that writes such words, as far as they tell versions apart
  /// that differ in what they compute: what `Model.to_json` writes names no version.
  private static func minorOfKeras3(_ config: JSONValue, _ words: Set<String>) -> Int {
    // A layer's policy is a name up to 3.3, the options of inputs grow from time to time.
    let hasPolicies = words.contains { $0.hasSuffix("DTypePolicy") || $0 == "DTypePolicyMap" }
    if !hasPolicies, config.hasLayerOfNamedPolicy { return 2 }
    guard words.contains("batch_shape") else { return newestMinor }
    if !words.contains("ragged") { return hasPolicies ? 8 : newestMinor }
    if !words.contains("optional") { return 12 }
    let isOlder = words.contains("QuantizedDTypePolicy") && !words.contains("Int4DTypePolicy")
    return isOlder ? 13 : newestMinor
  }

  /// The newest minor version of Keras 3 that is known here.
  private static let newestMinor = 15

  /// Whether merging layers, as since Keras 3.4, compute with their inputs' masks, and give a mask
  /// that is true where any of those is.
  var mergesWithMasks: Bool { (major, minor) >= (3, 4) }

  /// Whether masks end at every layer that takes a list of tensors, as merges do: before Keras 3.4
  /// a layer handed on the mask of its first argument alone, and a list has none.
  var losesMasksOfLists: Bool { major == 3 && minor < 4 }

  /// Whether the numbers of a layer's calls, as in Keras 3.0, count those outside the model, too,
  /// which its file does not list.
  var countsCallsElsewhere: Bool { major == 3 && minor < 3 }

  /// Whether `MultiHeadAttention` takes the masks away from the tensors that it is called on.
  var attentionTakesMasks: Bool { major == 3 && minor >= 8 }

  /// Whether what a layer makes of an input in its own type has no mask, as before Keras 3.14.
  var copiesHaveNoMasks: Bool { major == 3 && minor < 14 }

  /// Whether `Softmax` adds to what is masked, as before Keras 3.10, and leaves a row in which all is
  /// masked evenly spread; since then it is 0.
  var addsMasksToScores: Bool { major == 3 && minor < 10 }

  /// Whether a sum takes what has one axis longer than 1 for a bias, as since Keras 3.7 on
  /// TensorFlow: it goes along the last axis if it is as long as that, else along the second.
  var takesAddendsForBiases: Bool { major == 3 && minor >= 7 && mayBeTensorFlow }

  /// Whether a model that is called converts what it is given to the types of its inputs.
  var convertsNestedInputs: Bool { (major, minor) >= (2, 3) && !isMultiBackend }

  /// What `RandomCrop` does to a picture when a model predicts.
  var randomCrop: RandomCrop {
    (major, minor) < (3, 6) ? .resizes : (major, minor) < (3, 8) ? .crops : .nothing
  }

  /// What `RandomCrop` has done in one version or another to a picture when a model predicts.
  enum RandomCrop {
    /// It resizes the largest part from the middle that has the target's proportions.
    case resizes
    /// It cuts as much as it is asked for, beginning where that part does, and resizes what is too
    /// small.
    case crops
    /// The picture stays as it is.
    case nothing
  }

  /// Whether `gelu` is computed by TensorFlow's error function, as before TensorFlow 2.16, and not by
  /// its complement: they round otherwise in 16 bits.
  var hasGeluByErf: Bool { major == 2 && minor < 16 }

  /// Whether `one_hot` of Keras's preprocessing layers leaves an axis of size 1 where it is.
  var keepsAxisBeforeClasses: Bool { major == 3 && minor < 4 }

  /// Options and classes that Keras 2 renamed.
  private static let wordsOfKeras1: Set = [
    "border_mode", "dim_ordering", "init", "inner_activation", "inner_init", "nb_filter",
    "pool_length", "subsample", "subsample_length", "Convolution1D", "Convolution2D",
    "Convolution3D", "Highway", "MaxoutDense", "Merge", "TimeDistributedDense", "W_regularizer",
    "b_regularizer",
  ]

  /// Every key and every class name at any depth.
  private static func words(in config: JSONValue) -> Set<String> {
    var words: Set<String> = []
    var pending = [config]
    while let value = pending.popLast() {
      switch value {
      case .object(let members):
        words.formUnion(members.keys)
        if let className = members["class_name"]?.string { words.insert(className) }
        pending.append(contentsOf: members.values)
      case .array(let elements): pending.append(contentsOf: elements)
      default: break
      }
    }
    return words
  }
}

extension JSONValue {
  /// Whether any layer of Keras's that can be trained names the type that it computes in, and does
  /// not describe it.
  fileprivate var hasLayerOfNamedPolicy: Bool {
    switch self {
    case .object(let members):
      members["trainable"]?.bool != nil && members["dtype"]?.string != nil
        || members.values.contains(where: \.hasLayerOfNamedPolicy)
    case .array(let elements): elements.contains(where: \.hasLayerOfNamedPolicy)
    default: false
    }
  }
}
