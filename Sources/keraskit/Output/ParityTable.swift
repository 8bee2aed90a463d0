import Parity
import Tensors

extension ParityReport {
  /// The comparison as a table, and below it what was not compared.
  var table: String {
    var table = TextTable([
      ("Value", .left), ("Class", .left), ("Shape", .left), ("Max abs", .right),
      ("Max rel", .right), ("Worst at", .left), ("Found", .right), ("Keras", .right), ("", .left),
    ])
    for row in rows { table.add(row.cells, style: row.passes ? nil : .red) }
    let allowed =
      "allowed: \(tolerance.absolute) + \(tolerance.relative) x the value's largest magnitude"
    let skipped = notCompared.map { "not compared: the model has no value \"\($0)\"" }
    return ([table.text, Style.faint(allowed)] + skipped).joined(separator: "\n")
  }
}

extension ParityRow {
  /// The row's cells in the table of a report.
  fileprivate var cells: [String] {
    let title = kind == .output ? "→ \(name)" : name
    guard let closeness else {
      return [title, className ?? "", "\(shape)", "", "", "", "", "", "✗ \(failure)"]
    }
    let index = (closeness.worstIndex ?? []).map(String.init).joined(separator: ", ")
    return [
      title, className ?? "", "\(shape)", Figures.difference(closeness.maxAbsolute),
      Figures.difference(closeness.maxRelativeToScale), "[\(index)]",
      Figures.formatted("%.6g", closeness.value), Figures.formatted("%.6g", closeness.reference),
      passes ? "✓" : "✗ \(Figures.grouped(closeness.countBeyond)) off",
    ]
  }

  private var failure: String {
    guard case .failed(let reason) = result else { return "" }
    return reason
  }
}
