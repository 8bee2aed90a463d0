import Tensors

/// The most probable classes of a model's output, for people.
enum TopClasses {
  private static let shown = 5
  private static let barWidth = 30

  /// Lines that show the best classes of each item, or nil for an output that holds no classes.
  static func lines(_ output: Tensor, labels: [String]?) -> [String]? {
    guard output.shape.rank == 2, output.elementType.isFloatingPoint,
      (2...100_000).contains(output.shape[1]), output.shape[0] <= 16
    else { return nil }
    let numbers = output.converted(to: .float32).elements(as: Float.self)
    let count = output.shape[1]
    var lines: [String] = []
    for item in 0..<output.shape[0] {
      let scores = numbers[(item * count)..<((item + 1) * count)]
      guard scores.allSatisfy({ (0...1).contains($0) }) else { return nil }
      if item > 0 { lines.append("") }
      lines += Self.lines(Array(scores), labels)
    }
    return lines
  }

  private static func lines(_ scores: [Float], _ labels: [String]?) -> [String] {
    let best = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(shown)
    func name(_ index: Int) -> String {
      if let labels, labels.indices.contains(index) { return labels[index] }
      return String(index)
    }
    let width = best.map { name($0).count }.max() ?? 0
    return best.enumerated().map { rank, index in
      let percent = Figures.formatted("%6.2f %%", Double(scores[index]) * 100)
      let filled = Int((scores[index] * Float(barWidth)).rounded())
      let bar =
        String(repeating: "█", count: filled)
        + Style.faint(String(repeating: "░", count: barWidth - filled))
      let line = "\(name(index).padding(to: width))  \(percent)  "
      return (rank == 0 ? Style.bold(line) : line) + bar
    }
  }
}
