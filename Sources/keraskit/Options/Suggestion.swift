/// Finds what somebody may have meant.
enum Suggestion {
  /// `; did you mean "…"?` where one of `names` is near to `word`, otherwise nothing.
  static func phrase(for word: String, among names: [String], prefix: String = "") -> String {
    let ranked = names.map { (name: $0, distance: distance(word, $0)) }
      .min { $0.distance < $1.distance }
    guard let ranked, ranked.distance <= max(1, word.count / 3) else { return "" }
    return "; did you mean \"\(prefix)\(ranked.name)\"?"
  }

  /// The fewest letters to change, add, drop or swap with their neighbour to make `a` of `b`.
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var table = [Array(0...b.count)]
    for row in a.indices {
      table.append([row + 1])
      for column in b.indices {
        let change = table[row][column] + (a[row] == b[column] ? 0 : 1)
        var best = min(change, table[row][column + 1] + 1, table[row + 1][column] + 1)
        if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
          best = min(best, table[row - 1][column - 1] + 1)
        }
        table[row + 1].append(best)
      }
    }
    return table[a.count][b.count]
  }
}
