import ModelFormat

/// A mask that travels along with a value, unseen by the file: how it comes about.
///
/// It becomes a value of the graph only where a layer computes with it.
indirect enum ImplicitMask: Hashable, Sendable {
  /// A value that the file names.
  case value(String)
  /// True where the elements of `input` differ from a number; with `anyFeature`, where any along
  /// the last axis does. `call` is the layer's call that makes it.
  case differs(input: String, from: JSONValue, anyFeature: Bool, call: String)
  /// Masks of one shape joined by an operation of truth values, by a layer's call.
  case joined([ImplicitMask], operation: String, call: String)
  /// Masks put behind each other along the time axis, by a layer's call.
  case concatenated([ImplicitMask], call: String)
  /// A mask whose time axis is laid into the batch axis, as `TimeDistributed` hands it on.
  case folded(ImplicitMask, call: String)
  /// A mask of what `TimeDistributed` holds, with the time axis of `like` again.
  case unfolded(ImplicitMask, like: String, call: String)
  /// True where a mask is true anywhere in a time step, of those that `like` has.
  case anyOfStep(ImplicitMask, like: String, call: String)
  /// A mask of a sequence with time on the first axis, with the batch there instead.
  case exchanged(ImplicitMask, call: String)
  /// A mask that comes about in a way that is not done, by a layer's call.
  case unknown(call: String)

  /// Several masks as one: one of them where they are the same.
  static func joining(
    _ masks: [ImplicitMask], operation: String, call: String
  ) -> ImplicitMask? {
    var kept: [ImplicitMask] = []
    for mask in masks where !kept.contains(mask) { kept.append(mask) }
    return kept.count > 1 ? .joined(kept, operation: operation, call: call) : kept.first
  }
}

extension GraphBuilder {
  /// The value of a mask, whose calls are added where they are not there yet; nil where the mask
  /// cannot be made, which is reported of the layer that needs it.
  func value(of mask: ImplicitMask, for path: String, className: String) -> String? {
    switch mask {
    case .value(let name): return name
    case .differs(let input, let number, let anyFeature, let call):
      let differs = addOperation(
        "ops.NotEqual", call + "/mask", [input], arguments: ["1": number])
      guard anyFeature else { return differs }
      return addOperation("ops.Any", call + "/mask/any", [differs], config: ["axis": .int(-1)])
    case .joined(let masks, let operation, let call):
      let values = masks.compactMap { value(of: $0, for: path, className: className) }
      guard values.count == masks.count, var result = values.first else { return nil }
      for (index, next) in values.enumerated().dropFirst() {
        result = addOperation("ops." + operation, "\(call)/mask\(index)", [result, next])
      }
      return result
    case .concatenated(let masks, let call):
      let values = masks.compactMap { value(of: $0, for: path, className: className) }
      guard values.count == masks.count else { return nil }
      return addOperation(
        "ops.Concatenate", call + "/mask", values, config: ["axis": .int(1)])
    case .folded(let mask, let call):
      return value(of: mask, for: path, className: className).map {
        addOperation("FoldTime", call + "/mask/fold", [$0])
      }
    case .unfolded(let mask, let whole, let call):
      return value(of: mask, for: path, className: className).map {
        addOperation("UnfoldTime", call + "/mask", [$0, whole])
      }
    case .anyOfStep(let mask, let whole, let call):
      let folded = ImplicitMask.folded(mask, call: call)
      return value(of: folded, for: path, className: className).map { folded in
        let flat = addOperation("Flatten", call + "/mask/flat", [folded])
        let any = addOperation(
          "ops.Any", call + "/mask/any", [flat], config: ["axis": .int(-1)])
        return addOperation("UnfoldTime", call + "/mask", [any, whole])
      }
    case .exchanged(let mask, let call):
      let axes = JSONValue.array([.int(1), .int(0)])
      return value(of: mask, for: path, className: className).map {
        addOperation("Transpose", call + "/mask/batch_major", [$0], config: ["axes": axes])
      }
    case .unknown(let call):
      report.unsupported(
        path, className, option: "mask",
        reason: "computes with the mask that \"\(call)\" makes in a way that is not supported")
      return nil
    }
  }

  /// The value of an operation that the importer adds, once for each name.
  func addOperation(
    _ className: String, _ name: String, _ inputs: [String], config: [String: JSONValue] = [:],
    arguments: [String: JSONValue] = [:]
  ) -> String {
    if !isCalled(name) {
      addLayer(LayerDescription(name: name, className: className, config: config))
      addNode(NodeDescription(name: name, layer: name, inputs: inputs, arguments: arguments))
    }
    return name
  }
}
