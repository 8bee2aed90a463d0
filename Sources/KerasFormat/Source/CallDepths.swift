/// Puts calls in the order in which Keras makes them: those furthest from the outputs first.
///
/// Those of equal depth follow each other as a walk from the outputs meets them.
///
/// Keras: `map_graph` of `ops/function.py`; `_map_graph_network` before Keras 3
struct CallDepths {
  private var depths: [CallPosition: Int] = [:]
  private var layerDepths: [Int: Int] = [:]
  /// The calls in the order in which each is met first, from the outputs on.
  private var met: [CallPosition] = []

  /// Sorts calls.
  ///
  /// - Parameters:
  ///   - walk: The calls that the outputs need, each behind those that it needs itself.
  ///   - needs: The calls that a call reads from.
  /// - Returns: The calls in Keras's order.
  static func sorted(
    _ walk: [CallPosition], needs: (CallPosition) -> [CallPosition]
  ) -> [CallPosition] {
    var depths = CallDepths()
    for call in walk.reversed() { depths.visit(call, needs: needs(call)) }
    let levels = Dictionary(grouping: depths.met) { depths.depths[$0] ?? 0 }
    return levels.sorted { $0.key > $1.key }.flatMap(\.value)
  }

  /// A call is as deep as any call of its layer that comes later in the walk; what it needs is
  /// deeper.
  private mutating func visit(_ call: CallPosition, needs: [CallPosition]) {
    let depth = max(depths[call] ?? 0, layerDepths[call.layer] ?? 0)
    layerDepths[call.layer] = depth
    sink(call, to: depth)
    for need in needs { sink(need, to: depth + 1) }
  }

  private mutating func sink(_ call: CallPosition, to depth: Int) {
    if depths[call] == nil { met.append(call) }
    depths[call] = max(depths[call] ?? 0, depth)
  }
}
