import ModelFormat
import Tensors

/// The boxes of objects that are kept of many: `tf.image.combined_non_max_suppression`.
extension ArrayOperation {
  static let detections: [String: Rule] = [
    "ops.CombinedNonMaxSuppression": Rule(
      { call throws(LayerError) in
        let (boxes, scores) = try pair(call)
        guard boxes.rank == 4, boxes[3] == 4, scores.rank == 3, boxes[0] == scores[0],
          boxes[1] == scores[1], boxes[2] == 1 || boxes[2] == scores[2]
        else { throw LayerError("expected boxes and their scores, found \(call.shapes)") }
        let count = try kept(call, classes: scores[2])
        return [
          TensorType([boxes[0], count, 4]), TensorType([boxes[0], count]),
          TensorType([boxes[0], count]), TensorType([boxes[0]], .int32),
        ]
      },
      { call, x in
        let (candidates, classes) = (x[1].shape[1], x[1].shape[2])
        guard let count = try? kept(call, classes: classes) else { return [] }
        let shared = x[0].shape[2] == 1
        let clips = call.options.bool("clip_boxes", true)
        var results = ([Double](), [Double](), [Double](), [Double]())
        for item in 0..<x[1].shape[0] {
          var found: [(score: Double, kind: Int, box: [Double])] = []
          for kind in 0..<classes {
            let scores = (0..<candidates).map {
              x[1].elements[(item * candidates + $0) * classes + kind]
            }
            let boxes = (0..<candidates).map { place in
              let start =
                ((item * candidates + place) * x[0].shape[2] + (shared ? 0 : kind)) * 4
              return Array(x[0].elements[start..<(start + 4)])
            }
            found += selected(boxes, scores, call).map { (scores[$0], kind, boxes[$0]) }
          }
          let best = found.enumerated()
            .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
            .prefix(count).map(\.element)
          let empty = count - best.count
          results.0 += best.flatMap { clips ? $0.box.map { min(max($0, 0), 1) } : $0.box }
          results.0 += [Double](repeating: 0, count: 4 * empty)
          results.1 += best.map(\.score) + [Double](repeating: 0, count: empty)
          results.2 += best.map { Double($0.kind) } + [Double](repeating: 0, count: empty)
          results.3.append(Double(best.count))
        }
        return [results.0, results.1, results.2, results.3].map { NumberArray([$0.count], $0) }
      })
  ]

  /// The boxes that there is room for.
  private static func kept(_ call: ArrayCall, classes: Int) throws(LayerError) -> Int {
    let most = call.options.int("max_total_size", 0)
    let perClass = call.options.int("max_output_size_per_class", 0)
    let range = 1...LayerReader.largestSize
    guard range.contains(most), range.contains(perClass) else {
      throw LayerError("expected numbers of boxes, found \(most) and \(perClass)")
    }
    return call.options.bool("pad_per_class") ? min(most, perClass * classes) : most
  }

  /// The boxes of one class by their scores, without those that overlap with better ones.
  private static func selected(
    _ boxes: [[Double]], _ scores: [Double], _ call: ArrayCall
  ) -> [Int] {
    let overlap = call.options.number("iou_threshold", 0.5)
    let least = call.options.number("score_threshold", -.infinity)
    let order = scores.indices.filter { scores[$0] > least }
      .sorted { (scores[$1], $0) < (scores[$0], $1) }
    var kept: [Int] = []
    for place in order where kept.count < call.options.int("max_output_size_per_class", 0) {
      if kept.allSatisfy({ shared(boxes[$0], boxes[place]) <= overlap }) { kept.append(place) }
    }
    return kept
  }

  /// The share of two boxes' area that lies in both.
  private static func shared(_ a: [Double], _ b: [Double]) -> Double {
    func sides(_ box: [Double]) -> (top: Double, left: Double, bottom: Double, right: Double) {
      (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
    }
    let (a, b) = (sides(a), sides(b))
    let areas = [a, b].map { ($0.bottom - $0.top) * ($0.right - $0.left) }
    guard areas.allSatisfy({ $0 > 0 }) else { return 0 }
    let height = max(min(a.bottom, b.bottom) - max(a.top, b.top), 0)
    let width = max(min(a.right, b.right) - max(a.left, b.left), 0)
    return height * width / (areas[0] + areas[1] - height * width)
  }
}
