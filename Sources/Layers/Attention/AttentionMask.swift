import Tensors

/// The masks of an attention's call, which it works together into one byte for every query and key.
///
/// A mask broadcasts to the scores: (lead…, heads, queries…, keys…). Axes that it lacks are those
/// before the queries, as Keras's attention layers have it.
struct AttentionMask: Sendable {
  /// The axes of an attention's scores.
  struct Scores: Sendable {
    /// The axes of the batch, and any that queries and keys share.
    var lead: [Int]
    var heads: Int
    var queries: [Int]
    var keys: [Int]

    var dimensions: [Int] { lead + [heads] + queries + keys }
    var batch: Int { lead.reduce(1, *) }
    var queryCount: Int { queries.reduce(1, *) }
    var keyCount: Int { keys.reduce(1, *) }
  }

  /// One mask: where it begins for each group of heads, and how it goes on.
  private struct Source: Sendable {
    let input: Int
    let starts: [Int]
    let queryStride: Int
    let keyStride: Int
    let count: Int
  }

  private let sources: [Source]
  /// The number above which a mask keeps; nil where it keeps all but zero.
  private let limit: Float?
  /// The groups that have bytes of their own: items, or all heads of all items.
  private let groups: Int
  private let headsPerGroup: Int
  private let queryCount: Int
  /// The queries that have bytes, in whole panels; none where no mask changes along them.
  private let queries: Int
  private let keys: Int

  /// The masks among a call's inputs, with the shape that each is seen under, or nil where there
  /// are none; where there is one alone, a `limit` may tell the numbers that it keeps.
  init?(
    _ masks: [(input: Int, shape: Shape)], of scores: Scores, panelWidth: Int,
    keepsAbove limit: Float? = nil
  ) throws(LayerError) {
    if masks.isEmpty { return nil }
    self.limit = masks.count == 1 ? limit : nil
    var expanded: [(input: Int, sizes: [Int])] = []
    for mask in masks { expanded.append((mask.input, try Self.expanded(mask.shape, to: scores))) }
    let headAxis = scores.lead.count
    let hasHeads = expanded.contains { $0.sizes[headAxis] > 1 }
    groups = scores.batch * (hasHeads ? scores.heads : 1)
    headsPerGroup = hasHeads ? 1 : scores.heads
    var sources: [Source] = []
    for mask in expanded {
      sources.append(try Self.source(mask.input, mask.sizes, scores, groups: groups))
    }
    self.sources = sources
    queries =
      sources.allSatisfy { $0.queryStride == 0 }
      ? 0 : (scores.queryCount + panelWidth - 1) / panelWidth * panelWidth
    keys = sources.allSatisfy { $0.keyStride == 0 } ? 0 : scores.keyCount
    queryCount = scores.queryCount
  }

  /// The bytes of one group; an axis along which no mask changes is left out.
  private var groupSize: Int { max(queries, 1) * max(keys, 1) }

  /// The bytes of all groups.
  var byteCount: Int { groups * groupSize }

  /// Works the masks, which are numbers that are zero where they mask, into `bytes`.
  func fill(_ bytes: UnsafeMutablePointer<UInt8>, from buffers: StepBuffers) {
    bytes.update(repeating: 1, count: byteCount)
    for source in sources {
      let mask = buffers.input(source.input)
      for group in 0..<groups {
        let from = mask + source.starts[group]
        for key in 0..<max(keys, 1) {
          let row = bytes + group * groupSize + key * max(queries, 1)
          for query in 0..<(queries == 0 ? 1 : queryCount) {
            let number = from[query * source.queryStride + key * source.keyStride]
            if limit.map({ !(number > $0) }) ?? (number == 0) { row[query] = 0 }
          }
        }
      }
    }
  }

  /// Whether there is one mask, and it holds other numbers than 0 and 1.
  func holdsNumbers(_ buffers: StepBuffers) -> Bool {
    guard sources.count == 1 else { return false }
    let mask = buffers.input(sources[0].input)
    return (0..<sources[0].count).contains { mask[$0] != 0 && mask[$0] != 1 }
  }

  /// The number that the only mask holds for a query and a key.
  func number(
    item: Int, head: Int, heads: Int, query: Int, key: Int, _ buffers: StepBuffers
  ) -> Float {
    let source = sources[0]
    let start = source.starts[(item * heads + head) / headsPerGroup]
    return buffers.input(source.input)[
      start + query * source.queryStride + key * source.keyStride]
  }

  /// The bytes of one head of one item.
  func keep(
    _ bytes: UnsafePointer<UInt8>, item: Int, head: Int, heads: Int
  ) -> AttentionHead.Keep {
    AttentionHead.Keep(
      start: bytes + (item * heads + head) / headsPerGroup * groupSize,
      queryStride: queries == 0 ? 0 : 1, keyStride: keys == 0 ? 0 : max(queries, 1))
  }
}

extension AttentionMask {
  /// A mask's sizes under all axes of the scores.
  private static func expanded(
    _ mask: Shape, to scores: Scores
  ) throws(LayerError) -> [Int] {
    let (own, all) = (mask.dimensions, scores.dimensions)
    let inner = scores.queries.count + scores.keys.count
    let last = min(inner, own.count)
    let sizes =
      Array(own.dropLast(last))
      + [Int](repeating: 1, count: max(0, all.count - own.count)) + own.suffix(last)
    guard sizes.count == all.count, zip(sizes, all).allSatisfy({ $0 == $1 || $0 == 1 }) else {
      throw LayerError("expected a mask that broadcasts to \(Shape(all)), found shape \(mask)")
    }
    return sizes
  }

  private static func source(
    _ input: Int, _ sizes: [Int], _ scores: Scores, groups: Int
  ) throws(LayerError) -> Source {
    let strides = zip(Shape(sizes).strides, sizes).map { $1 == 1 ? 0 : $0 }
    let heads = groups / max(scores.batch, 1)
    let lead = scores.lead.count
    let starts = (0..<groups).map { group in
      var (rest, start) = (group / heads, group % heads * strides[lead])
      for axis in (0..<lead).reversed() {
        start += rest % scores.lead[axis] * strides[axis]
        rest /= scores.lead[axis]
      }
      return start
    }
    let keyAxis = lead + 1 + scores.queries.count
    return Source(
      input: input, starts: starts,
      queryStride: try stride(of: (lead + 1)..<keyAxis, sizes, scores.dimensions),
      keyStride: try stride(of: keyAxis..<sizes.count, sizes, scores.dimensions),
      count: sizes.reduce(1, *))
  }

  /// The stride of several axes as one: they must all change the mask, or none of them.
  private static func stride(
    of axes: Range<Int>, _ sizes: [Int], _ all: [Int]
  ) throws(LayerError) -> Int {
    if axes.allSatisfy({ sizes[$0] == 1 }) { return 0 }
    guard axes.allSatisfy({ sizes[$0] == all[$0] }) else {
      throw LayerError(
        "expected a mask of sizes \(Array(all[axes])) or 1 on axes \(Array(axes)), "
          + "found \(Array(sizes[axes]))")
    }
    return sizes[axes.upperBound...].reduce(1, *)
  }
}
