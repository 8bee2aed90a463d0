import ModelFormat
import Tensors

/// Labels of sequences whose steps are not aligned with them (CTC).
extension ArrayOperation {
  static let labellings: [String: Rule] = [
    "ops.CTCDecode": Rule(
      { call throws(LayerError) in
        try call.expect(2...2)
        let shape = call.shapes[0]
        guard shape.rank == 3, call.shapes[1] == [shape[0]] else {
          throw LayerError("expected sequences of logits and their lengths, found \(call.shapes)")
        }
        guard call.options.text("strategy", "greedy") == "greedy" else {
          throw LayerError("the strategy \"beam_search\" is not supported, but \"greedy\"")
        }
        return [TensorType([1, shape[0], shape[1]], .int32), TensorType([shape[0], 1])]
      }, decoded),
    "ops.CTCLoss": Rule(
      { call throws(LayerError) in
        try call.expect(4...4)
        let (target, output) = (call.shapes[0], call.shapes[1])
        guard target.rank == 2, output.rank == 3, target[0] == output[0],
          call.shapes[2...].allSatisfy({ $0 == [target[0]] })
        else { throw LayerError("expected labels, logits and lengths, found \(call.shapes)") }
        return [TensorType([target[0]])]
      },
      { call, x in
        let (steps, classes) = (x[1].shape[1], x[1].shape[2])
        let blank = call.options.int("mask_index", 0)
        let losses = x[0].rows.enumerated().map { item, labels in
          let length = min(max(Int(index: x[2].elements[item]), 0), labels.count)
          let count = min(max(Int(index: x[3].elements[item]), 0), steps)
          let rows = x[1].rows[(item * steps)..<(item * steps + count)]
          let labels = labels.prefix(length).map { Int(index: $0) }
          guard labels.allSatisfy((0..<classes).contains), (0..<classes).contains(blank) else {
            call.fail("expected labels below \(classes), found \(labels)")
            return 0.0
          }
          return -alignment(of: labels, with: rows.map(logSoftmax), blank: blank)
        }
        return [NumberArray([losses.count], losses)]
      }),
  ]

  /// The best label of every step, blanks and repetitions left out, -1 behind them; and less the sum
  /// of the best logits.
  private static let decoded: Compute = { call, x in
    let (steps, classes) = (x[0].shape[1], x[0].shape[2])
    let mask = call.options.int("mask_index", 0)
    let blank = mask < 0 ? mask + classes : mask
    let merges = call.options.bool("merge_repeated", true)
    var labels: [Double] = []
    var scores: [Double] = []
    for item in 0..<x[0].shape[0] {
      let length = min(max(Int(index: x[1].elements[item]), 0), steps)
      var (found, score, before) = ([Double](), 0.0, -1)
      for row in x[0].rows[(item * steps)..<(item * steps + length)] {
        let best = row.indices.max { row[$0] < row[$1] } ?? row.startIndex
        let label = (row.firstIndex(of: row[best]) ?? best) - row.startIndex
        score -= row[best]
        if label != blank, !(merges && label == before) { found.append(Double(label)) }
        before = label
      }
      labels += found + [Double](repeating: -1, count: steps - found.count)
      scores.append(score)
    }
    return [
      NumberArray([1, scores.count, steps], labels), NumberArray([scores.count, 1], scores),
    ]
  }

  /// The logarithm of the probability of labels, over all ways to lay them along the steps.
  private static func alignment(of labels: [Int], with steps: [[Double]], blank: Int) -> Double {
    let path = [blank] + labels.flatMap { [$0, blank] }
    guard let first = steps.first else { return labels.isEmpty ? 0 : -.infinity }
    var sums = path.indices.map { $0 < 2 ? first[path[$0]] : -.infinity }
    for step in steps.dropFirst() {
      sums = path.indices.map { place in
        var ways = [sums[place]]
        if place > 0 { ways.append(sums[place - 1]) }
        if place > 1, path[place] != blank, path[place] != path[place - 2] {
          ways.append(sums[place - 2])
        }
        return logSum(ways) + step[path[place]]
      }
    }
    return logSum(sums.suffix(2))
  }

  private static func logSum(_ numbers: some Collection<Double>) -> Double {
    let top = numbers.max() ?? -.infinity
    guard top > -.infinity else { return top }
    return top + Scalar.logarithm(numbers.reduce(0) { $0 + Scalar.exponential($1 - top) })
  }
}
