import ModelFormat

/// One output of one call of a layer, as files refer to it.
struct ValueReference: Hashable, Sendable {
  /// The layer's name within its model.
  var layer: String
  /// Which of the layer's calls, counted from 0.
  var call: Int
  /// Which of the call's outputs, counted from 0.
  var output = 0
}

/// One call of a layer, as a file tells it.
struct SourceCall: Sendable {
  /// The arguments given by position.
  var positional: [CallTree<ValueReference>] = []
  /// The arguments given by name.
  var keywords: [String: CallTree<ValueReference>] = [:]
  /// How many of the call's outputs the model refers to.
  var referencedOutputs = 1

  /// Every value that the call reads.
  var references: [ValueReference] {
    positional.flatMap(\.values)
      + keywords.sorted { $0.key < $1.key }.flatMap(\.value.values)
  }

  /// Whether the call names a mask, or a list of masks, be they all null.
  var givesMask: Bool { keywords["mask"].map { $0.constant?.isNull != true } ?? false }

  /// The same call with every reference passed through `transform`.
  func mapReferences(_ transform: (ValueReference) -> ValueReference) -> SourceCall {
    var call = self
    call.positional = positional.compactMap { $0.map { .some(transform($0)) } }
    call.keywords = keywords.compactMapValues { $0.map { .some(transform($0)) } }
    return call
  }
}
