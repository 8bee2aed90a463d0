extension LayerCatalog {
  /// Every layer that KerasKit has, one line each.
  public static let standard = LayerCatalog([
    // Core
    Dense.self,
    Identity.self,

    // Activations
    ActivationLayer.self,
    PReLU.self,
    Softmax.self,

    // Convolution
    Convolution.self,
    ConvolutionTranspose.self,
    DepthwiseConvolution.self,
    SeparableConvolution.self,

    // Pooling
    GlobalPooling.self,
    Pooling.self,

    // Normalization
    BatchNormalization.self,

    // Reshaping
    Cropping.self,
    Flatten.self,
    FoldTime.self,
    RepeatVector.self,
    Reshape.self,
    Transpose.self,
    UnfoldTime.self,
    ZeroPadding.self,
  ])
}
