import ModelFormat

/// Orders a model's calls so that each comes after the calls whose values it reads.
///
/// Files list layers in any order and their calls apart from each other, so the order is found by
/// walking the references, in the file's order as far as they allow, or in Keras's where that shows.
/// The walk keeps its own stack: a graph may be deeper than the program's.
struct CallOrder {
  private enum State {
    case open
    case done
    case broken
  }

  private let model: SourceModel
  private let path: String
  private let report: ImportReport
  private let indices: [String: Int]
  private var states: [CallPosition: State] = [:]
  private var order: [CallPosition] = []

  /// The walk over the model under `path`, whose faults go to `report`.
  init(_ model: SourceModel, path: String, report: ImportReport) {
    self.model = model
    self.path = path
    self.report = report
    indices = model.layers.indexByName
  }

  /// The calls that can be made, in order; those that read what is not there are left out.
  static func order(
    of model: SourceModel, path: String, version: KerasVersion, report: ImportReport
  ) -> [CallPosition] {
    var walk = CallOrder(model, path: path, report: report)
    var needed: [CallPosition] = []
    if model.changesMasks(in: version) {
      for output in model.outputs {
        if let call = walk.call(giving: output.value) { walk.visit(call) }
      }
      needed = CallDepths.sorted(walk.order) { walk.needs(of: $0) ?? [] }
    }
    for (layer, source) in model.layers.enumerated() {
      for call in source.calls.indices { walk.visit(CallPosition(layer: layer, call: call)) }
    }
    return needed + walk.order.dropFirst(needed.count)
  }

  private mutating func visit(_ start: CallPosition) {
    guard states[start] == nil else { return }
    var stack = [(position: start, needs: needs(of: start), next: 0)]
    states[start] = .open
    while let top = stack.last {
      if let needs = top.needs, top.next < needs.count {
        stack[stack.count - 1].next += 1
        enter(needs[top.next], from: top.position, stack: &stack)
      } else {
        stack.removeLast()
        finish(top.position, needs: top.needs)
      }
    }
  }

  private mutating func enter(
    _ need: CallPosition, from reader: CallPosition,
    stack: inout [(position: CallPosition, needs: [CallPosition]?, next: Int)]
  ) {
    switch states[need] {
    case nil:
      states[need] = .open
      stack.append((need, needs(of: need), 0))
    case .open:
      let layer = model.layers[reader.layer]
      report.invalid(
        joined(path, layer.name), layer.className,
        reason:
          "reads the output of \"\(model.layers[need.layer].name)\", which itself waits for this "
          + "layer: the graph has a cycle")
    case .done, .broken: break
    }
  }

  private mutating func finish(_ position: CallPosition, needs: [CallPosition]?) {
    if let needs, needs.allSatisfy({ states[$0] == .done }) {
      states[position] = .done
      order.append(position)
    } else {
      states[position] = .broken
    }
  }

  /// The calls that this call reads from, or nil where one of them is not in the model.
  private func needs(of position: CallPosition) -> [CallPosition]? {
    let layer = model.layers[position.layer]
    var needs: [CallPosition] = []
    var isWhole = true
    for reference in layer.calls[position.call].references {
      if let need = call(giving: reference) {
        needs.append(need)
      } else if !isInput(reference) {
        report.invalid(
          joined(path, layer.name), layer.className,
          reason: "reads \(reference), which is not in the model")
        isWhole = false
      }
    }
    return isWhole ? needs : nil
  }

  /// The call that gives a value; nil for an input, and for what is not in the model.
  private func call(giving value: ValueReference) -> CallPosition? {
    guard let layer = indices[value.layer], model.layers[layer].offers(value),
      model.layers[layer].input == nil
    else { return nil }
    return CallPosition(layer: layer, call: value.call)
  }

  private func isInput(_ value: ValueReference) -> Bool {
    indices[value.layer].map { model.layers[$0].input != nil && model.layers[$0].offers(value) }
      ?? false
  }
}

extension SourceModel {
  /// Whether a call changes the masks of the tensors that it is given, which what is called on these
  /// later sees.
  fileprivate func changesMasks(in version: KerasVersion) -> Bool {
    layers.contains { layer in
      guard let model = layer.model else {
        return layer.className == "MultiHeadAttention" && version.attentionTakesMasks
      }
      return layer.calls.contains(where: \.givesMask) || model.changesMasks(in: version)
    }
  }
}

extension SourceLayer {
  /// Whether the layer has the call and the output that `reference` names.
  func offers(_ reference: ValueReference) -> Bool {
    guard (0..<ValueReference.mostOutputs).contains(reference.output) else { return false }
    return input == nil
      ? calls.indices.contains(reference.call) : reference.call == 0 && reference.output == 0
  }
}

extension ValueReference: CustomStringConvertible {
  /// More outputs than any call has; a reference beyond is damage.
  static var mostOutputs: Int { 4096 }

  /// The reference for messages: `output 0 of call 1 of "dense"`.
  var description: String { "output \(output) of call \(call) of \"\(layer)\"" }
}

extension [SourceLayer] {
  /// Each layer's index by its name; the first one's where a name repeats.
  var indexByName: [String: Int] {
    Dictionary(enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

/// The path of `name` in the nested model at `path`, which is empty for the model itself.
func joined(_ path: String, _ name: String) -> String {
  path.isEmpty ? name : "\(path)/\(name)"
}
