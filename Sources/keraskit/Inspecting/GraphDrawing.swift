/// A model's graph as an SVG picture, in light or dark as its viewer wishes.
struct GraphDrawing {
  private static let boxHeight = 46.0
  private static let rowHeight = 84.0
  private static let margin = 24.0

  private let graph: ModelGraph
  private let layout: GraphLayout
  private let widths: [Double]

  init(_ graph: ModelGraph) {
    self.graph = graph
    widths = graph.boxes.map { box in
      max(Double(box.title.count) * 8.2, Double("\(box.className) \(box.detail)".count) * 6.6) + 28
    }
    layout = GraphLayout(widths: widths, edges: graph.edges)
  }

  /// The picture's text.
  var svg: String {
    let width = layout.width + 2 * Self.margin
    let height =
      Double(layout.rowCount) * Self.rowHeight + 2 * Self.margin - Self.rowHeight
      + Self.boxHeight
    let lines = layout.routes.map { "<path d=\"\(path($0))\"/>" }
    let boxes = graph.boxes.indices.map(box)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.digits(width))" \
      height="\(Self.digits(height))" viewBox="0 0 \(Self.digits(width)) \(Self.digits(height))">
      <style>
      svg { background: #fff; color: #1c2733; font-family: system-ui, sans-serif }
      rect { fill: #f3f6fa; stroke: #9db2c8 } .input rect { fill: #e6f4ea; stroke: #6fae82 }
      .output rect { stroke: #2f6fde; stroke-width: 2 } text { fill: currentColor }
      .name { font-size: 14px; font-weight: 600 } .detail { font-size: 11px; opacity: .75 }
      path { fill: none; stroke: #8296ab; stroke-width: 1.3; marker-end: url(#arrow) }
      @media (prefers-color-scheme: dark) {
      svg { background: #14191f; color: #e4eaf1 } rect { fill: #1f2730; stroke: #4a5d72 }
      .input rect { fill: #1b2f23; stroke: #4c8a61 } .output rect { stroke: #6ea2ff }
      path { stroke: #6c8096 } }
      </style>
      <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" \
      markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#8296ab;stroke:none;\
      marker-end:none"/></marker></defs>
      \(lines.joined(separator: "\n"))
      \(boxes.joined(separator: "\n"))
      </svg>

      """
  }

  private func box(_ index: Int) -> String {
    let box = graph.boxes[index]
    let x = layout.places[index].x + Self.margin
    let top = Double(layout.places[index].row) * Self.rowHeight + Self.margin
    let kind = box.className == "Input" ? "input" : box.isOutput ? "output" : "layer"
    let center = Self.digits(x)
    return """
      <g class="\(kind)" text-anchor="middle"><rect x="\(Self.digits(x - widths[index] / 2))" \
      y="\(Self.digits(top))" width="\(Self.digits(widths[index]))" \
      height="\(Self.digits(Self.boxHeight))" rx="8"/>\
      <text class="name" x="\(center)" y="\(Self.digits(top + 20))">\(box.title.escapedForXML)</text>\
      <text class="detail" x="\(center)" y="\(Self.digits(top + 36))">\
      \("\(box.className) \(box.detail)".escapedForXML)</text></g>
      """
  }

  /// A smooth line from the foot of one box, straight through its place in each row, to the head
  /// of another.
  private func path(_ route: [Int]) -> String {
    func place(_ index: Int) -> (x: Double, top: Double) {
      let place = layout.places[index]
      return (place.x + Self.margin, Double(place.row) * Self.rowHeight + Self.margin)
    }
    let start = place(route[0])
    var y = start.top + Self.boxHeight
    var x = start.x
    var path = "M\(Self.digits(x)) \(Self.digits(y))"
    for index in route.dropFirst() {
      let next = place(index)
      let middle = Self.digits((y + next.top) / 2)
      path +=
        "C\(Self.digits(x)) \(middle) \(Self.digits(next.x)) \(middle) "
        + "\(Self.digits(next.x)) \(Self.digits(next.top))"
      if index != route.last { path += "V\(Self.digits(next.top + Self.boxHeight))" }
      (x, y) = (next.x, next.top + Self.boxHeight)
    }
    return path
  }

  private static func digits(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}

extension String {
  /// This text as it stands in XML and HTML.
  var escapedForXML: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
