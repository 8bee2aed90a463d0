import Tensors

/// Where the rows of an attention's heads lie.
struct AttentionRows {
  /// The first row of the first head of the first item.
  var start: UnsafeMutablePointer<Float>
  /// From one row to the next.
  var rowStride: Int
  /// From one head to the next.
  var headStride: Int
  /// From one item to the next.
  var itemStride: Int

  /// The first row of one head.
  func head(_ head: Int, of item: Int) -> UnsafeMutablePointer<Float> {
    start + item * itemStride + head * headStride
  }
}

/// All heads of all items of an attention, shared out among threads.
///
/// A thread takes a run of query blocks, and works in scratch memory of its own that holds one
/// block's scores.
struct AttentionPlan: Sendable {
  /// What all heads have in common.
  let shape: AttentionShape
  let batch: Int
  let heads: Int
  /// The heads of queries that look at the same keys and values.
  let headsPerKey: Int
  let mask: AttentionMask?
  /// How the attention rounds; nil in single precision.
  let rounding: AttentionRounding?
  private let kernels = CPUKernels.active
  private let tasks: Int
  private let blocks: Int

  init(
    _ shape: AttentionShape, batch: Int, heads: Int, headsPerKey: Int = 1, mask: AttentionMask?,
    rounding: AttentionRounding? = nil
  ) {
    self.shape = shape
    self.batch = batch
    self.heads = heads
    self.headsPerKey = headsPerKey
    self.mask = mask
    self.rounding = rounding
    blocks = rounding != nil ? 1 : (shape.queries + kernels.panelWidth - 1) / kernels.panelWidth
    tasks = min(batch * heads * blocks, 4 * WorkerPool.processorCount)
  }

  /// The numbers of scratch memory that all tasks work in, with the mask's bytes.
  var scratchCount: Int { tasks * taskCount + ((mask?.byteCount ?? 0) + 3) / 4 }

  private var taskCount: Int {
    let count = rounding == nil ? shape.workCount(kernels) : shape.queries * shape.keys
    return (count + 15) / 16 * 16
  }

  /// The multiplications with an addition of all heads.
  var multiplyAdds: Int { batch * heads * shape.queries * shape.multiplyAddsPerQuery }

  /// Computes the output, and the weights (batch, heads, queries, keys) where they are wanted.
  func run(
    q: AttentionRows, k: AttentionRows, v: AttentionRows, out: AttentionRows,
    scores: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>,
    _ buffers: StepBuffers
  ) {
    if let mask, shape.addsNumbers, mask.holdsNumbers(buffers) {
      addNumbers(of: mask, q: q, k: k, v: v, out: out, scores: scores, scratch, buffers)
      return
    }
    let bytes = UnsafeMutableRawPointer(scratch + tasks * taskCount)
      .assumingMemoryBound(to: UInt8.self)
    mask?.fill(bytes, from: buffers)
    let units = batch * heads * blocks
    let taskWork = multiplyAdds / max(tasks, 1)
    buffers.workers.forEachRange(of: tasks, grain: 1 + 50_000 / max(taskWork, 1)) { range in
      for task in range {
        let part = (units * task / tasks)..<(units * (task + 1) / tasks)
        for unit in part {
          let (item, head) = (unit / blocks / heads, unit / blocks % heads)
          var rows = AttentionHead(
            q: q.head(head, of: item), qStride: q.rowStride,
            k: k.head(head / headsPerKey, of: item), kStride: k.rowStride,
            v: v.head(head / headsPerKey, of: item), vStride: v.rowStride,
            out: out.head(head, of: item), outStride: out.rowStride,
            scores: scores.map { $0 + (item * heads + head) * shape.queries * shape.keys })
          rows.keep = mask?.keep(bytes, item: item, head: head, heads: heads)
          if let rounding {
            rounding.attend(shape, rows, of: batch * heads, scores: scratch + task * taskCount)
            continue
          }
          let first = unit % blocks * kernels.panelWidth
          kernels.attend(
            shape, rows, queries: first..<min(first + kernels.panelWidth, shape.queries),
            work: scratch + task * taskCount)
        }
      }
    }
  }
}

extension AttentionPlan {
  /// The same where a mask holds any numbers, of which Keras 2 makes differences of 1e9 between
  /// scores: rare, and done step by step in single precision, as little is left of the scores.
  private func addNumbers(
    of mask: AttentionMask, q: AttentionRows, k: AttentionRows, v: AttentionRows,
    out: AttentionRows, scores: UnsafeMutablePointer<Float>?,
    _ scratch: UnsafeMutablePointer<Float>, _ buffers: StepBuffers
  ) {
    for place in 0..<(batch * heads * shape.queries) {
      let (item, head) = (place / shape.queries / heads, place / shape.queries % heads)
      let query = place % shape.queries
      let row = q.head(head, of: item) + query * q.rowStride
      let keys = k.head(head / headsPerKey, of: item)
      for key in 0..<shape.keys {
        let score = (0..<shape.keySize).reduce(Float(0)) {
          $0 + keys[key * k.rowStride + $1] * (row[$1] * shape.scale)
        }
        let number = mask.number(
          item: item, head: head, heads: heads, query: query, key: key, buffers)
        scratch[key] = score + (1 - number) * -1e9
      }
      kernels.softmax(outer: 1, count: shape.keys, scratch, into: scratch)
      let result = out.head(head, of: item) + query * out.rowStride
      let values = v.head(head / headsPerKey, of: item)
      for index in 0..<shape.valueSize {
        result[index] = (0..<shape.keys).reduce(Float(0)) {
          $0 + scratch[$1] * values[$1 * v.rowStride + index]
        }
      }
      scores.map { $0 + place * shape.keys }?.update(from: scratch, count: shape.keys)
    }
  }
}

extension AttentionShape {
  /// Whether a mask's numbers are added to the scores, as many times 1e9 as they are below 1.
  fileprivate var addsNumbers: Bool {
    guard case .product = score else { return false }
    return unseeing == .shifted && before == nil && after == nil
  }
}
