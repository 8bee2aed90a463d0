extension LayerCatalog {
  /// Every layer that KerasKit has.
  public static let standard = LayerCatalog(groups: standardGroups)

  /// The classes of ``standard`` by the folder that holds them, for people to read.
  public static let classNamesByGroup: [(group: String, classNames: [String])] =
    standardGroups.map { ($0.name, $0.classNames) }

  /// Every layer that KerasKit has, one line each.
  private static let standardGroups: [LayerGroup] = [
    LayerGroup("Core") {
      [
        Dense.self,
        EinsumDense.self,
        Embedding.self,
        Highway.self,
        Identity.self,
        LayerScale.self,
        Masking.self,
        MaxoutDense.self,
        RandomFourierFeatures.self,
        ReversibleEmbedding.self,
      ]
    },
    LayerGroup("Activations") {
      [
        ActivationLayer.self,
        PReLU.self,
        ParametricSoftplus.self,
        SReLU.self,
        Softmax.self,
      ]
    },
    LayerGroup("Convolution") {
      [
        Convolution.self,
        ConvolutionTranspose.self,
        DepthwiseConvolution.self,
        LocallyConnected.self,
        SeparableConvolution.self,
      ]
    },
    LayerGroup("Pooling") {
      [
        AdaptivePooling.self,
        GlobalPooling.self,
        Pooling.self,
      ]
    },
    LayerGroup("Normalization") {
      [
        BatchNormalization.self,
        FeatureNormalization.self,
        GroupNormalization.self,
        LayerNormalization.self,
        RMSNormalization.self,
        SampleNormalization.self,
        SpectralNormalization.self,
        UnitNormalization.self,
      ]
    },
    LayerGroup("Reshaping") {
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
    },
    LayerGroup("Merging") {
      [
        Concatenate.self,
        CosineMerge.self,
        Dot.self,
        ElementwiseMerge.self,
        ScaledSum.self,
      ]
    },
    LayerGroup("Attention") {
      [
        AdditiveAttention.self,
        Attention.self,
        AttentionOperation.self,
        GroupQueryAttention.self,
        MultiHeadAttention.self,
      ]
    },
    LayerGroup("Preprocessing") {
      [
        Augmentation.self,
        AutoContrast.self,
        CategoryEncoding.self,
        HashedCrossing.self,
        Hashing.self,
        IntegerLookup.self,
        LocalEqualization.self,
        MelSpectrogram.self,
        Normalization.self,
        Rescaling.self,
        Resizing.self,
        STFTSpectrogram.self,
        StringLookup.self,
        TextVectorization.self,
      ]
    },
    LayerGroup("Operations") {
      [
        ArrayOperation.self,
        AxisExchange.self,
        Cast.self,
        CastLike.self,
        Constant.self,
        Difference.self,
        Einsum.self,
        ElementMap.self,
        ElementwiseOperation.self,
        Filling.self,
        Folding.self,
        Gathering.self,
        GatheringPlaces.self,
        GetItem.self,
        LineOperation.self,
        Matmul.self,
        OneHot.self,
        Ordering.self,
        Parts.self,
        PictureOperation.self,
        Rearrange.self,
        Rearrangement.self,
        ReductionOperation.self,
        ReshapeOperation.self,
        Selection.self,
        TakeAlongAxis.self,
        TensorProduct.self,
        Triangle.self,
        UnaryOperation.self,
        ResizeWithPad.self,
        View.self,
      ]
    },
    LayerGroup("Quantization") {
      [
        QuantizedDense.self
      ]
    },
    LayerGroup("Recurrent") {
      [
        Bidirectional.self,
        CellCall.self,
        ConvLSTM.self,
        GRU.self,
        LSTM.self,
        RNN.self,
        SimpleRNN.self,
      ]
    },
  ]
}
