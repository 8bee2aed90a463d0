/// A rewriting of a graph that changes how fast it runs, and nothing else.
public enum GraphPass: String, CaseIterable, Sendable {
  /// Layers that hand on their input disappear.
  case removeIdentities = "remove-identities"
  /// Zeros around an image become part of the window that reads them.
  case fusePadding = "fuse-padding"
  /// A batch normalization becomes part of the weights in front of it.
  case foldBatchNormalization = "fold-batch-normalization"
  /// A batch normalization becomes part of the weights behind it.
  case foldScales = "fold-scales"
  /// A sum becomes part of the layer that gives one of its terms.
  case fuseResiduals = "fuse-residuals"
  /// A function becomes part of the layer that gives its argument.
  case fuseActivations = "fuse-activations"
  /// Factors of channels become part of the product that reads them; behind the residuals, which
  /// are always a call's second input.
  case fuseFactors = "fuse-factors"
  /// A product of pixels is computed a few rows at a time by the depthwise convolution behind it.
  case fuseExpansions = "fuse-expansions"

  func rewrite(_ graph: inout RewritableGraph) {
    switch self {
    case .removeIdentities: graph.removeIdentities()
    case .fusePadding: graph.fusePadding()
    case .foldBatchNormalization: graph.foldBatchNormalization()
    case .foldScales: graph.foldScales()
    case .fuseResiduals: graph.fuseResiduals()
    case .fuseActivations: graph.fuseActivations()
    case .fuseFactors: graph.fuseFactors()
    case .fuseExpansions: graph.fuseExpansions()
    }
  }
}
