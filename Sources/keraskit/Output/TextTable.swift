/// A table in box-drawing characters.
struct TextTable {
  /// Where a column's text stands.
  enum Alignment {
    case left
    case right
  }

  private let titles: [String]
  private let alignments: [Alignment]
  private var rows: [(cells: [String], style: Style?)] = []

  /// A table with the given columns.
  init(_ columns: [(title: String, alignment: Alignment)]) {
    titles = columns.map(\.title)
    alignments = columns.map(\.alignment)
  }

  /// Adds a row, a cell for each column, in the given style.
  mutating func add(_ cells: [String], style: Style? = nil) {
    rows.append((cells, style))
  }

  /// The table, its lines separated by newlines.
  var text: String {
    let widths = titles.indices.map { column in
      (rows.map(\.cells) + [titles]).map { $0[column].count }.max() ?? 0
    }
    func rule(_ left: String, _ middle: String, _ right: String) -> String {
      Style.faint(
        left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle)
          + right)
    }
    func line(_ cells: [String], _ style: Style?) -> String {
      let padded = cells.indices.map { column in
        let text = align(cells[column], alignments[column], widths[column])
        return " \(style.map { $0(text) } ?? text) "
      }
      let bar = Style.faint("│")
      return bar + padded.joined(separator: bar) + bar
    }
    let lines =
      [rule("┌", "┬", "┐"), line(titles, .bold), rule("├", "┼", "┤")]
      + rows.map { line($0.cells, $0.style) } + [rule("└", "┴", "┘")]
    return lines.joined(separator: "\n")
  }

  private func align(_ text: String, _ alignment: Alignment, _ width: Int) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return alignment == .left ? text + space : space + text
  }
}
