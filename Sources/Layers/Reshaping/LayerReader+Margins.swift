import ModelFormat

extension LayerReader {
  /// Reads an option that gives what lies in front of and behind each of `rank` axes: one number
  /// for all, one pair where there is one axis, one number an axis, or one pair an axis.
  mutating func margins(_ option: String, rank: Int) -> [(before: Int, after: Int)] {
    let placeholder = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
    guard let value = value(option) else {
      return [(before: Int, after: Int)](repeating: (1, 1), count: rank)
    }
    let range = 0...Self.largestSize
    func pair(_ numbers: [Int]?) -> (before: Int, after: Int)? {
      guard let numbers, numbers.count == 2, numbers.allSatisfy(range.contains) else { return nil }
      return (numbers[0], numbers[1])
    }
    if let number = value.int, range.contains(number) {
      return [(before: Int, after: Int)](repeating: (number, number), count: rank)
    }
    let list = value.array ?? []
    if rank == 1, let margin = pair(list.compactMap(\.int)) { return [margin] }
    let margins = list.compactMap { item in
      pair(item.int.map { [$0, $0] } ?? item.array?.compactMap(\.int))
    }
    guard margins.count == rank, list.count == rank else {
      reject(option, "expected \(rank) pairs of whole numbers, found \(value)")
      return placeholder
    }
    return margins
  }
}
