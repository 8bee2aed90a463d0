/// Places a graph's boxes in rows, each below all boxes that it reads from, so that few lines cross.
///
/// A line that passes a row gets a narrow place of its own there, so that it runs through no box.
struct GraphLayout {
  /// A place in a row: a box, or a line that passes.
  struct Place {
    let width: Double
    var x = 0.0
    let row: Int
  }

  /// The boxes' places, then those of passing lines.
  private(set) var places: [Place] = []
  /// For each edge of the graph: the places that its line goes through.
  private(set) var routes: [[Int]] = []
  /// The width of the drawing.
  private(set) var width = 0.0
  /// The places of each row from left to right.
  private var rows: [[Int]] = []
  private var above: [[Int]] = []
  private var below: [[Int]] = []

  private static let gap = 24.0
  private static let sweeps = 8

  /// A layout of boxes of the given widths.
  init(widths: [Double], edges: [(from: Int, to: Int)]) {
    placeBoxes(widths, edges)
    route(edges)
    for sweep in 0..<Self.sweeps { order(downwards: sweep.isMultiple(of: 2)) }
    align()
  }

  /// The number of rows.
  var rowCount: Int { rows.count }

  private mutating func placeBoxes(_ widths: [Double], _ edges: [(from: Int, to: Int)]) {
    var row = [Int](repeating: 0, count: widths.count)
    for edge in edges { row[edge.to] = max(row[edge.to], row[edge.from] + 1) }
    rows = Array(repeating: [], count: (row.max() ?? -1) + 1)
    for (box, width) in widths.enumerated() { add(width, row[box]) }
  }

  private mutating func route(_ edges: [(from: Int, to: Int)]) {
    for edge in edges {
      var route = [edge.from]
      for row in (places[edge.from].row + 1)..<places[edge.to].row { route.append(add(1, row)) }
      route.append(edge.to)
      for (upper, lower) in zip(route, route.dropFirst()) {
        below[upper].append(lower)
        above[lower].append(upper)
      }
      routes.append(route)
    }
  }

  @discardableResult
  private mutating func add(_ width: Double, _ row: Int) -> Int {
    places.append(Place(width: width, row: row))
    above.append([])
    below.append([])
    rows[row].append(places.count - 1)
    return places.count - 1
  }

  /// Sorts each row by the mean position of what its places are tied to in the row before.
  private mutating func order(downwards: Bool) {
    var position = [Double](repeating: 0, count: places.count)
    func note(_ row: [Int]) {
      for (index, place) in row.enumerated() { position[place] = Double(index) }
    }
    for row in rows { note(row) }
    for row in downwards ? Array(rows.indices) : rows.indices.reversed() {
      let keys = rows[row].map { place in
        Self.mean((downwards ? above : below)[place].map { position[$0] }) ?? position[place]
      }
      rows[row] = zip(rows[row], keys).enumerated()
        .sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
      note(rows[row])
    }
  }

  /// Moves places towards the middle of what they are tied to, as far as their neighbours allow.
  private mutating func align() {
    for row in rows { pack(row, around: row.map { _ in 0 }) }
    for sweep in 0..<(2 * Self.sweeps) {
      let isDownwards = sweep.isMultiple(of: 2)
      for row in isDownwards ? rows : rows.reversed() {
        let wishes = row.map { place in
          Self.mean((isDownwards ? above : below)[place].map { places[$0].x }) ?? places[place].x
        }
        pack(row, around: wishes)
      }
    }
    let left = places.map { $0.x - $0.width / 2 }.min() ?? 0
    for index in places.indices { places[index].x -= left }
    width = places.map { $0.x + $0.width / 2 }.max() ?? 0
  }

  /// Places a row's members as near to their wishes as can be without overlap: members that get in
  /// each other's way form a group around the mean of their wishes.
  private mutating func pack(_ row: [Int], around wishes: [Double]) {
    var groups: [(members: ArraySlice<Int>, start: Double, width: Double)] = []
    for (index, place) in row.enumerated() {
      var group = (
        members: row[index...index], start: wishes[index] - places[place].width / 2,
        width: places[place].width
      )
      while let last = groups.last, last.start + last.width + Self.gap > group.start {
        groups.removeLast()
        let width = last.width + Self.gap + group.width
        let weight = Double(group.members.count) / Double(last.members.count + group.members.count)
        let wish = group.start - last.width - Self.gap
        group = (
          row[last.members.startIndex..<group.members.endIndex],
          last.start * (1 - weight) + wish * weight, width
        )
      }
      groups.append(group)
    }
    for group in groups {
      var x = group.start
      for place in group.members {
        places[place].x = x + places[place].width / 2
        x += places[place].width + Self.gap
      }
    }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
