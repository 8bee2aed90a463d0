extension LayerCatalog {
  /// Every layer that KerasKit has.
  public static let standard = LayerCatalog(groups.flatMap(\.layers))

  /// The classes of ``standard`` by the folder that holds them, for people to read.
  public static let classNamesByGroup: [(group: String, classNames: [String])] = groups.map {
    ($0.name, $0.layers.flatMap { $0.classNames })
  }

  /// Every layer that KerasKit has, one line each.
  private static let groups: [(name: String, layers: [any Layer.Type])] = [
    (
      "Core",
      [
        Dense.self,
        EinsumDense.self,
        Embedding.self,
        Identity.self,
      ]
    ),
    (
      "Activations",
      [
        ActivationLayer.self,
        PReLU.self,
        Softmax.self,
      ]
    ),
    (
      "Convolution",
      [
        Convolution.self,
        ConvolutionTranspose.self,
        DepthwiseConvolution.self,
        SeparableConvolution.self,
      ]
    ),
    (
      "Pooling",
      [
        GlobalPooling.self,
        Pooling.self,
      ]
    ),
    (
      "Normalization",
      [
        BatchNormalization.self,
        LayerNormalization.self,
      ]
    ),
    (
      "Reshaping",
      [
        Cropping.self,
        Flatten.self,
        FoldTime.self,
        RepeatVector.self,
        Reshape.self,
        Transpose.self,
        UnfoldTime.self,
        UpSampling.self,
        ZeroPadding.self,
      ]
    ),
    (
      "Merging",
      [
        Concatenate.self,
        Dot.self,
        ElementwiseMerge.self,
      ]
    ),
    (
      "Attention",
      [
        AdditiveAttention.self,
        Attention.self,
        GroupQueryAttention.self,
        MultiHeadAttention.self,
      ]
    ),
    (
      "Preprocessing",
      [
        Normalization.self,
        Rescaling.self,
      ]
    ),
    (
      "Recurrent",
      [
        Bidirectional.self,
        GRU.self,
        LSTM.self,
        SimpleRNN.self,
      ]
    ),
  ]
}
