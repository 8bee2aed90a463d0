import ModelFormat

/// An einsum of three tensors or more as those of two, one after another: the canonical dialect has
/// no others.
enum EinsumChain {
  private typealias Tree = CallTree<ValueReference>

  /// The model with every such einsum told so.
  static func translated(_ model: SourceModel) -> SourceModel {
    var model = model
    model.layers = model.layers.flatMap { layer in chain(layer) ?? [layer] }
    return model
  }

  /// The operations that a layer is, or nil where it is no einsum of so many tensors.
  private static func chain(_ layer: SourceLayer) -> [SourceLayer]? {
    guard layer.className == "ops.Einsum", layer.calls.count == 1,
      let text = layer.config["subscripts"]?.string
    else { return nil }
    let operands = layer.calls[0].positional.flatMap(elements)
    let equation = text.filter { $0 != " " }.replacing("...", with: "…")
    let sides = equation.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    var terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    guard operands.count > 2, terms.count == operands.count else { return nil }
    let output = sides.count > 1 ? Array(sides[1].dropFirst()) : implicitOutput(of: terms)
    var layers: [SourceLayer] = []
    var result = operands[0]
    for (index, operand) in operands.enumerated().dropFirst() {
      let isLast = index == operands.count - 1
      let needed = Set(output + terms.dropFirst(2).joined())
      let both = unique(terms[0] + terms[1])
      let joined =
        isLast
        ? output
        : both.filter { $0 == "…" }
          + both.filter {
            $0 != "…" && needed.contains($0)
          }
      var made = layer
      made.name = isLast ? layer.name : "\(layer.name)/product\(index)"
      let equation = "\(String(terms[0])),\(String(terms[1]))->\(String(joined))"
      made.config["subscripts"] = .string(equation.replacing("…", with: "..."))
      made.calls[0].positional = [result, operand]
      layers.append(made)
      result = .value(ValueReference(layer: made.name, call: 0))
      terms.replaceSubrange(0..<2, with: [joined])
    }
    return layers
  }

  private static func elements(_ tree: Tree) -> [Tree] {
    if case .list(let elements) = tree { elements } else { [tree] }
  }

  /// The axes that stand once, in the alphabet's order.
  private static func implicitOutput(of terms: [[Character]]) -> [Character] {
    let all = terms.flatMap { $0 }
    return (all.contains("…") ? ["…"] : [])
      + unique(all).filter { letter in
        letter != "…" && all.count { $0 == letter } == 1
      }.sorted()
  }

  private static func unique(_ letters: [Character]) -> [Character] {
    var seen: Set<Character> = []
    return letters.filter { seen.insert($0).inserted }
  }
}
