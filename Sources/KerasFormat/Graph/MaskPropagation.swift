import ModelFormat

/// How the masks of a call's inputs end up: read by the layer, carried on by its output, or lost.
///
/// Keras hands masks from layer to layer beside the values, and neither Keras 2 nor a Sequential
/// model says so in its file.
struct MaskPropagation {
  /// The masks that the layer computes with, by the keyword that it takes each under.
  private(set) var read: [(keyword: String, mask: ImplicitMask)] = []
  /// The mask that the first output carries.
  private(set) var carried: ImplicitMask?

  /// Follows the masks through a call of `layer`, which is named `name`.
  init(_ layer: SourceLayer, name: String, call: BoundCall, version: KerasVersion) {
    let layer = layer.wrapped ?? layer
    let masks = call.inputs.map(\.mask)
    let explicit = call.explicitMask(of: 0)
    let first = explicit ?? masks.first ?? nil
    let some = masks.compactMap { $0 }
    let isKeras3 = version.major >= 3
    switch MaskRule.of(layer) {
    case nil: break
    case .passes: carried = first
    case .passesSinceKeras3: carried = isKeras3 ? first : nil
    case .readsAndPasses:
      read = Self.keywords(of: layer.className, masks)
      if layer.className == "MultiHeadAttention", !isKeras3, call.inputs.first?.type != layer.type {
        // Keras 2 converts the query alone, and looks for its mask afterwards.
        read.removeAll { $0.keyword == "query_mask" }
      }
      carried = first
    case .readsBeforeKeras3:
      read = isKeras3 ? [] : Self.keywords(of: layer.className, masks)
      carried = first
    case .reads: read = Self.keywords(of: layer.className, masks)
    case .recurrent:
      // Keras 3 looks for a mask only where the call has one tensor for an argument.
      let looks = !isKeras3 || call.inputs.count == 1
      read = looks ? Self.keywords(of: layer.className, [masks.first ?? nil]) : []
      carried = layer.returnsSequences ? first : nil
    case .makes:
      carried = call.inputs.first.map {
        .differs(
          input: $0.name, from: layer.config["mask_value"] ?? .int(0), anyFeature: true, call: name)
      }
    case .makesWhereMaskZero:
      guard layer.config["mask_zero"]?.bool == true, call.arguments["reverse"]?.bool != true else {
        break
      }
      carried = call.inputs.first.map {
        .differs(input: $0.name, from: .int(0), anyFeature: false, call: name)
      }
    case .merges where version.mergesWithMasks:
      carried =
        masks.contains(nil)
        ? nil : .joining(some, operation: "LogicalOr", call: name)
    case .merges: carried = .joining(some, operation: "LogicalAnd", call: name)
    case .concatenates:
      carried = Self.concatenated(
        masks, layer.config["axis"]?.int ?? -1, name, version.mergesWithMasks)
    }
    if version.losesMasksOfLists, layer.takesList { carried = nil }
    // What the call names itself comes before what its inputs carry.
    let named = Set(call.keywords.map(\.name))
    if explicit != nil { read = [] }
    read.removeAll { named.contains($0.keyword) }
  }

  /// The masks of a call's inputs under the keywords that the class takes them.
  private static func keywords(
    of className: String, _ masks: [ImplicitMask?]
  ) -> [(keyword: String, mask: ImplicitMask)] {
    let names: [String] =
      switch className {
      case "AdditiveAttention", "Attention": ["mask:0", "mask:1"]
      case "GroupQueryAttention", "MultiHeadAttention": ["query_mask", "value_mask", "key_mask"]
      default: ["mask"]
      }
    return zip(names, masks).compactMap { name, mask in mask.map { (name, $0) } }
  }

  /// The mask behind a `Concatenate`.
  ///
  /// Along the features an unmasked input counts as all true: Keras looks for any that is true
  /// since 3.4, before that for all. Along time the masks follow each other.
  private static func concatenated(
    _ masks: [ImplicitMask?], _ axis: Int, _ name: String, _ joinsByAny: Bool
  ) -> ImplicitMask? {
    let some = masks.compactMap { $0 }
    guard !some.isEmpty else { return nil }
    switch axis {
    case -1 where joinsByAny:
      return some.count < masks.count ? nil : .joining(some, operation: "LogicalOr", call: name)
    case -1: return .joining(some, operation: "LogicalAnd", call: name)
    case 1 where some.count == masks.count: return .concatenated(some, call: name)
    default: return .unknown(call: name)
    }
  }
}

extension SourceLayer {
  /// The layer that a wrapper calls on its own input, so that its output carries that layer's mask.
  fileprivate var wrapped: SourceLayer? {
    guard className == "SpectralNormalization", let inner = config["layer"],
      let name = ClassNames.name(of: inner)
    else { return nil }
    return SourceLayer(name: self.name, className: name, config: inner["config"]?.object ?? [:])
  }

  /// Whether the layer's class is called with a list of tensors.
  fileprivate var takesList: Bool {
    switch MaskRule.of(className) {
    case .merges, .concatenates: true
    default: ["AdditiveAttention", "Attention"].contains(className)
    }
  }

  /// Whether a recurrent layer gives its output at every time step.
  var returnsSequences: Bool {
    (config["layer"]?["config"]?["return_sequences"] ?? config["return_sequences"])?.bool == true
  }

  /// Whether a recurrent layer gives its final states too.
  var returnsState: Bool {
    (config["layer"]?["config"]?["return_state"] ?? config["return_state"])?.bool == true
  }
}
