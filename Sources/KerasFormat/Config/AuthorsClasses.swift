import ModelFormat

/// Tells the classes of a file's author from those of Keras that have the same name.
///
/// A class that was never registered stands in a file by its bare name, which may be one of Keras's:
/// many have written an `Attention` or a `LayerNormalization` of their own, which compute otherwise.
enum AuthorsClasses {
  /// The name that a class goes by.
  ///
  /// - Parameters:
  ///   - name: The present name of the class.
  ///   - entry: What the file says of the layer.
  ///   - version: The version of Keras that wrote the file.
  /// - Returns: `name`, or `Custom>name` where the class is not Keras's of that name.
  static func told(
    _ name: String, entry: JSONValue, version: KerasVersion
  ) -> String {
    isForeign(name, entry, version) ? "Custom>" + name : name
  }

  private static func isForeign(
    _ name: String, _ entry: JSONValue, _ version: KerasVersion
  ) -> Bool {
    let isNew = sinceTensorFlow.contains(name)
    guard isNew || fromTheFirst.contains(name), !ClassNames.isOfPackage(entry) else {
      return false
    }
    if let module = entry["module"] {
      return entry["registered_name"]?.string != nil && !isKeras(module)
    }
    if isNew, version.isMultiBackend { return true }
    guard version.major > 1, let options = marks[name] else { return false }
    return !options.contains { entry["config"]?[$0] != nil }
  }

  private static func isKeras(_ module: JSONValue) -> Bool {
    let first = module.string?.split(separator: ".").first.map(String.init)
    return ["keras", "tf_keras", "keras_core", "tensorflow"].contains(first)
  }

  /// The options of a class, of which Keras writes all: where none is there, the class is another.
  private static let marks = [
    "AdditiveAttention": ["use_scale", "dropout"],
    "Attention": ["use_scale", "score_mode", "dropout"],
    "GroupNormalization": ["groups", "axis", "epsilon", "center", "scale"],
    "GroupQueryAttention": ["num_query_heads", "head_dim", "use_bias"],
    "LayerNormalization": ["axis", "epsilon", "center", "scale"],
    "LayerScale": ["projection_dim"],
    "MultiHeadAttention": ["num_heads", "key_dim", "use_bias"],
    "Normalization": ["axis", "mean", "variance", "invert"],
    "RMSNormalization": ["axis", "epsilon"],
    "Rescaling": ["scale", "offset"],
    "Softmax": ["axis"],
    "StochasticDepth": ["drop_path_rate"],
    "UnitNormalization": ["axis"],
  ]

  /// Layers that Keras had before it became a part of TensorFlow.
  private static let fromTheFirst = words(
    """
    Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D
    AveragePooling3D BatchNormalization Bidirectional Concatenate Conv1D Conv2D Conv2DTranspose
    Conv3D Conv3DTranspose ConvLSTM2D Cropping1D Cropping2D Cropping3D Dense DepthwiseConv2D Dot
    Dropout ELU Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
    GlobalMaxPooling3D LSTM LSTMCell LeakyReLU LocallyConnected1D LocallyConnected2D Masking
    MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum Multiply PReLU Permute RNN ReLU
    RepeatVector Reshape SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax
    SpatialDropout1D SpatialDropout2D SpatialDropout3D StackedRNNCells Subtract ThresholdedReLU
    TimeDistributed UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """)

  /// Layers that only Keras 2 within TensorFlow, or Keras 3, has.
  private static let sinceTensorFlow = words(
    """
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
    AdaptiveMaxPooling2D AdaptiveMaxPooling3D AdditiveAttention Attention AugMix AutoContrast
    CategoryEncoding CenterCrop ContrastLimitedAdaptiveHistogramEqualization Conv1DTranspose
    ConvLSTM1D ConvLSTM3D CutMix DepthwiseConv1D Discretization EinsumDense Equalization
    GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity IntegerLookup
    LayerNormalization LayerScale MaxNumBoundingBoxes MelSpectrogram MixUp MultiHeadAttention
    Normalization RMSNormalization RandAugment RandomBrightness RandomColorDegeneration
    RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip
    RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective
    RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear
    RandomTranslation RandomWidth RandomZoom Rescaling Resizing ReversibleEmbedding
    STFTSpectrogram Solarization SpectralNormalization StochasticDepth StringLookup
    TextVectorization UnitNormalization
    """)

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }
}
