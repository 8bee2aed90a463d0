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
    if !words.isDisjoint(with: ["batch_shape", "__keras_tensor__", "DTypePolicy"]) {
      (major, minor) = (3, Self.newestMinor)
    } else if !words.isDisjoint(with: Self.wordsOfKeras1) {
      (major, minor) = (1, 0)
    } else {
      (major, minor) = (2, 0)
    }
    // A file of Keras 2 that tells nothing is rather TensorFlow's.
    isMultiBackend = major < 2
  }

  /// The minor version that a file of Keras 3 is taken for that does not tell.
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
