import ModelFormat
import Tensors

/// Labels of sequences whose steps are not aligned with them (CTC).
extension ArrayOperation {
  static let labellings: [String: Rule] = [
    "ops.BackendCTCDecode": Rule(
      { call throws(LayerError) in
        let shape = try sequences(call)
        let labels = TensorType([shape[0], shape[1]], .int64)
        let count = paths(call)
        return [TensorType](repeating: labels, count: count) + [TensorType([shape[0], count])]
      },
      { call, x in
        let logits = x[0].map { Scalar.logarithm($0 + Double(Float(1e-7))) }
        let blank = x[0].shape[2] - 1
        let found = decoded(call, logits, x[1], blank: blank)
        let size = x[0].shape[0] * x[0].shape[1]
        return (0..<paths(call)).map { path in
          NumberArray([size], Array(found.labels[(path * size)..<((path + 1) * size)]))
        } + [NumberArray([found.scores.count], found.scores)]
      }),
    "ops.CTCDecode": Rule(
      { call throws(LayerError) in
        let shape = try sequences(call)
        return [
          TensorType([paths(call), shape[0], shape[1]], .int32),
          TensorType([shape[0], paths(call)]),
        ]
      },
      { call, x in
        let classes = x[0].shape[2]
        let mask = call.options.int("mask_index", 0)
        let found = decoded(call, x[0], x[1], blank: mask < 0 ? mask + classes : mask)
        return [
          NumberArray([found.labels.count], found.labels),
          NumberArray([found.scores.count], found.scores),
        ]
      }),
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

  private static func sequences(_ call: ArrayCall) throws(LayerError) -> Shape {
    let (shape, lengths) = try pair(call)
    guard shape.rank == 3, lengths == [shape[0]] || lengths == [shape[0], 1] else {
      throw LayerError("expected sequences of logits and their lengths, found \(call.shapes)")
    }
    guard (1...LayerReader.largestSize).contains(call.options.int("beam_width", 100)),
      (1...call.options.int("beam_width", 100)).contains(paths(call))
    else { throw LayerError("expected less paths than the beam is wide, found \(paths(call))") }
    return shape
  }

  private static func isGreedy(_ call: ArrayCall) -> Bool {
    call.options.text("strategy", "greedy") == "greedy" && call.options.bool("greedy", true)
  }

  private static func paths(_ call: ArrayCall) -> Int {
    isGreedy(call) ? 1 : call.options.int("top_paths", 1)
  }

  /// The labels of every path of every sequence, -1 behind them, and the scores of every sequence's
  /// paths.
  private static func decoded(
    _ call: ArrayCall, _ logits: NumberArray, _ lengths: NumberArray, blank: Int
  ) -> (labels: [Double], scores: [Double]) {
    let (items, steps, count) = (logits.shape[0], logits.shape[1], paths(call))
    var labels = [Double](repeating: -1, count: count * items * steps)
    var scores: [Double] = []
    for item in 0..<items {
      let length = min(max(Int(index: lengths.elements[item]), 0), steps)
      let rows = Array(logits.rows[(item * steps)..<(item * steps + length)])
      let found = isGreedy(call) ? [greedy(rows, call, blank)] : searched(rows, call, blank)
      guard found.count == count, (0..<logits.shape[2]).contains(blank) else {
        call.fail("expected \(count) paths, found \(found.count)")
        return ([], [])
      }
      for (path, best) in found.enumerated() {
        for (place, label) in best.labels.enumerated() {
          labels[(path * items + item) * steps + place] = Double(label)
        }
        scores.append(best.score)
      }
    }
    return (labels, scores)
  }

  /// The best label of every step, blanks and repetitions left out, and less the sum of the best
  /// logits.
  private static func greedy(
    _ rows: [ArraySlice<Double>], _ call: ArrayCall, _ blank: Int
  ) -> (labels: [Int], score: Double) {
    let merges = call.options.bool("merge_repeated", true)
    var (found, score, before) = ([Int](), 0.0, -1)
    for row in rows {
      let best = row.indices.max { row[$0] < row[$1] } ?? row.startIndex
      let label = (row.firstIndex(of: row[best]) ?? best) - row.startIndex
      score -= row[best]
      if label != blank, !(merges && label == before) { found.append(label) }
      before = label
    }
    return (found, score)
  }

  private static func searched(
    _ rows: [ArraySlice<Double>], _ call: ArrayCall, _ blank: Int
  ) -> [(labels: [Int], score: Double)] {
    var beam = LabelBeam(width: call.options.int("beam_width", 100), blank: blank)
    for row in rows { beam.step(row) }
    // Keras's back end merges what is left of repetitions only where it has an option for it.
    guard call.options["greedy"] != nil else { return beam.best(paths(call)) }
    return beam.best(paths(call)).map { labels, score in
      (labels.indices.filter { $0 == 0 || labels[$0] != labels[$0 - 1] }.map { labels[$0] }, score)
    }
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
