import Tensors

/// Attention whose scores have a bias, or a mask that the file holds: y = softmax(scale · q · kᵀ +
/// bias) · v, query by query.
///
/// Bias and mask broadcast to the scores (B, N, T, S).
struct BiasedAttention: Sendable {
  private let shapes: (query: Shape, key: Shape, value: Shape)
  private let scale: Float
  private let isCausal: Bool
  private let bias: Spread?
  private let mask: Spread?
  private let rounding: Rounding?

  /// What Keras puts in the place of masked scores, which count where all are masked.
  private static let masked: Float = -0.7 * 3.38953e38

  /// An operand and how far it advances along each axis of the scores.
  private struct Spread: Sendable {
    let operand: Operand
    let strides: [Int]

    init?(_ operand: Operand?, over scores: [Int], as name: String) throws(LayerError) {
      guard let operand else { return nil }
      let shape = operand.type.shape
      let sizes = Array(repeating: 1, count: max(0, 4 - shape.rank)) + shape.dimensions
      guard sizes.count == 4, zip(sizes, scores).allSatisfy({ $0 == $1 || $0 == 1 }) else {
        throw LayerError("expected a \(name) that broadcasts to shape \(scores), found \(shape)")
      }
      var stride = 1
      var strides = [0, 0, 0, 0]
      for axis in sizes.indices.reversed() {
        strides[axis] = sizes[axis] == 1 ? 0 : stride
        stride *= sizes[axis]
      }
      (self.operand, self.strides) = (operand, strides)
    }

    func start(_ item: Int, _ head: Int, _ query: Int) -> Int {
      item * strides[0] + head * strides[1] + query * strides[2]
    }
  }

  /// The attention of a query, a key and a value of the given shapes.
  init(
    _ shapes: (query: Shape, key: Shape, value: Shape), scale: Float, isCausal: Bool,
    bias: Operand?, mask: Operand?, rounding: Rounding?
  ) throws(LayerError) {
    (self.shapes, self.scale, self.isCausal) = (shapes, scale, isCausal)
    let scores = [shapes.query[0], shapes.query[2], shapes.query[1], shapes.key[1]]
    self.bias = try Spread(bias, over: scores, as: "bias")
    self.mask = try Spread(mask, over: scores, as: "mask")
    self.rounding = rounding
  }

  /// The step that computes it.
  func step() -> Step {
    let scores = (shapes.key[1] * 4 + 63) & ~63
    let biasBytes = bias?.operand.scratchBytes ?? 0
    return .run(scratchBytes: scores + biasBytes + (mask?.operand.scratchBytes ?? 0)) { buffers in
      let line = buffers.scratch.assumingMemoryBound(to: Float.self)
      let bias = bias?.operand.values(
        as: Float.self, buffers, scratch: buffers.scratch + scores)
      let mask = mask?.operand.values(
        as: Float.self, buffers, scratch: buffers.scratch + scores + biasBytes)
      for item in 0..<shapes.query[0] {
        for head in 0..<shapes.query[2] {
          for query in 0..<shapes.query[1] {
            score(item, head, query, buffers, bias, mask, into: line)
            CPUKernels.active.softmax(outer: 1, count: shapes.key[1], line, into: line)
            rounding?.roundProduct(line, count: shapes.key[1])
            combine(item, head, query, buffers, line)
          }
        }
      }
    }
  }

  /// The scores of one query.
  private func score(
    _ item: Int, _ head: Int, _ query: Int, _ buffers: StepBuffers,
    _ bias: UnsafePointer<Float>?, _ mask: UnsafePointer<Float>?,
    into line: UnsafeMutablePointer<Float>
  ) {
    let (size, heads, keys) = (shapes.query[3], shapes.key[2], shapes.key[1])
    let q = buffers.input(0) + ((item * shapes.query[1] + query) * shapes.query[2] + head) * size
    let first = buffers.input(1) + (item * keys * heads + head * heads / shapes.query[2]) * size
    for key in 0..<keys {
      let k = first + key * heads * size
      line[key] = (0..<size).reduce(0) { $0 + q[$1] * k[$1] }
    }
    rounding?.roundProduct(line, count: keys)
    for key in 0..<keys {
      line[key] *= scale
      if let bias, let spread = self.bias {
        line[key] += bias[spread.start(item, head, query) + key * spread.strides[3]]
      }
      if isCausal, key > query { line[key] = Self.masked }
      if let mask, let spread = self.mask,
        mask[spread.start(item, head, query) + key * spread.strides[3]] == 0
      {
        line[key] = Self.masked
      }
    }
  }

  /// The values, each as much as its key's score says.
  private func combine(
    _ item: Int, _ head: Int, _ query: Int, _ buffers: StepBuffers,
    _ weights: UnsafeMutablePointer<Float>
  ) {
    let (size, heads, keys) = (shapes.value[3], shapes.value[2], shapes.key[1])
    let first = buffers.input(2) + (item * keys * heads + head * heads / shapes.query[2]) * size
    let y = buffers.output() + ((item * shapes.query[1] + query) * shapes.query[2] + head) * size
    for place in 0..<size {
      y[place] = (0..<keys).reduce(0) { $0 + weights[$1] * first[$1 * heads * size + place] }
    }
    rounding?.roundProduct(y, count: size)
  }
}
