import Inference
import ModelFormat

/// A model's inputs and calls as boxes, and who reads from whom.
struct ModelGraph {
  /// A box of a drawing.
  struct Box {
    let title: String
    let className: String
    let detail: String
    let isOutput: Bool
  }

  /// The boxes, each behind those it reads from.
  private(set) var boxes: [Box] = []
  /// Pairs of a box and one that reads from it, each once.
  private(set) var edges: [(from: Int, to: Int)] = []

  /// The graph of a model that was inspected.
  init(_ report: ModelReport) {
    let description = report.model.description
    let outputs = Set(description.outputs.map(\.value))
    var boxOfValue: [String: Int] = [:]
    for input in report.model.inputs {
      boxOfValue[input.name] = boxes.count
      boxes.append(
        Box(
          title: input.name, className: "Input", detail: ModelReport.shape(input.shape),
          isOutput: outputs.contains(input.name)))
    }
    for (node, row) in zip(description.nodes, report.summary.rows) {
      let box = boxes.count
      var seen: Set<Int> = []
      for source in node.inputs.compactMap({ boxOfValue[$0] }) where seen.insert(source).inserted {
        edges.append((source, box))
      }
      for value in node.outputs { boxOfValue[value] = box }
      boxes.append(
        Box(
          title: row.name, className: row.className,
          detail: row.outputShapes.map(ModelReport.shape).joined(separator: ", "),
          isOutput: node.outputs.contains(where: outputs.contains)))
    }
  }

  /// The graph in Graphviz's language.
  func dot(named name: String) -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    let nodes = boxes.enumerated().map { index, box in
      let label = quoted("\(box.title)\n\(box.className) \(box.detail)").replacing(
        "\n", with: "\\n")
      return "  n\(index) [label=\(label)\(box.isOutput ? ", penwidth=2" : "")];"
    }
    let arrows = edges.map { "  n\($0.from) -> n\($0.to);" }
    let head = [
      "digraph \(quoted(name)) {", "  node [shape=box, style=rounded, fontname=\"sans-serif\"];",
    ]
    return (head + nodes + arrows + ["}", ""]).joined(separator: "\n")
  }
}
