import ModelFormat

/// How the masks of a call's inputs end up: read by the layer, carried on by its output, or lost.
///
/// Keras hands masks from layer to layer beside the values, and neither Keras 2 nor a Sequential
/// model says so in its file.
struct MaskPropagation {
  /// The mask that the layer computes with.
  private(set) var read: ImplicitMask?
  /// The mask that the first output carries.
  private(set) var carried: ImplicitMask?

  /// Follows the masks through a call of `layer`, which is named `path`.
  init(_ layer: SourceLayer, path: String, call: BoundCall, kerasMajor: Int) {
    let masks = call.inputs.map(\.mask)
    let explicit = call.explicitMask(of: 0)
    let first = explicit ?? masks.first ?? nil
    let any = masks.lazy.compactMap { $0 }.first
    let isKeras3 = kerasMajor >= 3
    switch MaskRule.of(layer.className) {
    case nil: break
    case .passes: carried = first
    case .passesSinceKeras3: carried = isKeras3 ? first : nil
    case .readsAndPasses:
      read = any
      carried = first
    case .readsBeforeKeras3:
      read = isKeras3 ? nil : any
      carried = first
    case .reads: read = any
    case .recurrent:
      // Keras 3 looks for a mask only where the call has one tensor for an argument.
      read = isKeras3 && call.inputs.count > 1 ? nil : first
      carried = layer.returnsSequences ? first : nil
    case .makes: carried = ImplicitMask(origin: path)
    case .makesWhereMaskZero:
      carried = layer.config["mask_zero"]?.bool == true ? ImplicitMask(origin: path) : nil
    case .merges: carried = isKeras3 && masks.contains(nil) ? nil : any
    case .concatenates: carried = any
    }
    if explicit != nil { read = nil }
  }
}

extension SourceLayer {
  /// Whether a recurrent layer gives its output at every time step.
  var returnsSequences: Bool {
    (config["layer"]?["config"]?["return_sequences"] ?? config["return_sequences"])?.bool == true
  }

  /// Whether a recurrent layer gives its final states too.
  var returnsState: Bool {
    (config["layer"]?["config"]?["return_state"] ?? config["return_state"])?.bool == true
  }
}
