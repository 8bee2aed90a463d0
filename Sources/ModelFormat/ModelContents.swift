public import Tensors

/// All that a model is made of: what an importer reads and what a bundle stores.
public struct ModelContents: Sendable {
  /// The graph.
  public var description: ModelDescription
  /// The weights by key (``LayerDescription/key(of:)``).
  public var weights: [String: Tensor]
  /// Names of the classes that the model's outputs stand for.
  public var labels: [String]?
  /// Where the model came from.
  public var provenance: Provenance
  /// Reference cases by the names of the contract for reference files: `inputs/x`, `outputs/y`,
  /// `activations/layer`.
  public var reference: [String: Tensor]

  /// A model of the given parts.
  public init(
    description: ModelDescription, weights: [String: Tensor], labels: [String]? = nil,
    provenance: Provenance, reference: [String: Tensor] = [:]
  ) {
    self.description = description
    self.weights = weights
    self.labels = labels
    self.provenance = provenance
    self.reference = reference
  }
}
