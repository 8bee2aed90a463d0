import Tensors

/// The products that make queries, keys, values and gates of an attention's inputs.
///
/// Weights of inputs of one width are packed side by side, each part beginning on a panel, so that
/// parts whose input is the same tensor come of one product.
struct AttentionProjections: Sendable {
  /// The weights of one part: kernel (D, W), bias (W).
  struct Part: Sendable {
    /// Which tensor goes in: 0 for the query, 1 for the value, 2 for the key.
    let source: Int
    let kernel: Tensor
    var bias: Tensor?
    /// A bias that goes along the rows.
    var rowBias: RowBias?

    /// The width of what goes in.
    var inner: Int { kernel.shape[0] }
    /// The width of what comes out.
    var width: Int { kernel.shape.elementCount / max(inner, 1) }
  }

  /// Where a part's product goes.
  struct Place: Sendable {
    /// The first number in scratch memory.
    var start = 0
    /// From one row to the next.
    var stride = 0
  }

  /// Weights of several parts.
  private struct Packed: Sendable {
    let panels: PackedMatrix
    let bias: Tensor?
  }

  /// Parts that are packed together.
  private struct Group: Sendable {
    let weights: Packed
    /// The parts in order, and the column at which each begins.
    let parts: [(index: Int, column: Int, end: Int)]
    /// Whether the parts have as many rows, and so lie side by side.
    let isInterleaved: Bool
    let rows: [Int]
  }

  private let groups: [Group]
  private let sources: [Int]
  /// What the products are rounded to, and whether they are added up in 16 bits.
  private let rounding: Rounding?
  private let contracts: Bool
  private let parts: [Part]
  private let rows: [Int]
  /// Where each part's product goes.
  let places: [Place]
  /// The numbers of scratch memory that the products take.
  let scratchCount: Int

  /// The products of `parts`, of which `rows` tells the rows that go in.
  init(
    _ parts: [Part], rows: [Int], contracts: Bool = false, in context: PlanContext
  ) {
    let panel = CPUKernels.active.panelWidth
    var places = [Place](repeating: Place(), count: parts.count)
    var groups: [Group] = []
    var (total, widths) = (0, [Int]())
    for inner in parts.map(\.inner) where !widths.contains(inner) { widths.append(inner) }
    for inner in widths {
      let members = parts.indices.filter { parts[$0].inner == inner }
      let unbiased = members.filter { parts[$0].rowBias != nil }
      let weights = context.shared("projections of \(inner), without biases of \(unbiased)") {
        AttentionProjections.pack(members.map { parts[$0] }, panel)
      }
      var column = 0
      let columns = members.map { index in
        let place = (index: index, column: column, end: column + parts[index].width)
        column += (parts[index].width + panel - 1) / panel * panel
        return place
      }
      let isInterleaved = Set(members.map { rows[$0] }).count == 1
      // An odd number of cache lines: the rows of one head then spread over the whole cache.
      let stride = ((column + 15) / 16 | 1) * 16
      for place in columns {
        let own = parts[place.index].width
        places[place.index] =
          isInterleaved
          ? Place(start: total + place.column, stride: stride) : Place(start: total, stride: own)
        if !isInterleaved { total += (rows[place.index] * own + 15) / 16 * 16 }
      }
      if isInterleaved { total += rows[members[0]] * stride }
      groups.append(
        Group(
          weights: weights, parts: columns, isInterleaved: isInterleaved,
          rows: members.map { rows[$0] }))
    }
    (self.groups, self.places, scratchCount) = (groups, places, total)
    sources = parts.map(\.source)
    rounding = context.rounding
    self.contracts = contracts
    (self.parts, self.rows) = (parts, rows)
  }

  /// Computes all products; `inputs` are the tensors by their number.
  func run(
    _ inputs: (Int) -> UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>,
    _ workers: WorkerPool
  ) {
    for group in groups {
      var first = 0
      while first < group.parts.count {
        let part = group.parts[first]
        let input = inputs(sources[part.index])
        var last = first
        while group.isInterleaved, last + 1 < group.parts.count,
          inputs(sources[group.parts[last + 1].index]) == input
        {
          last += 1
        }
        let place = places[part.index]
        if contracts, let rounding {
          contract(part.index, group.rows[first], input, scratch + place.start, rounding)
          first += 1
          continue
        }
        group.weights.panels.multiply(
          rows: group.rows[first], columns: part.column..<group.parts[last].end, input,
          into: scratch + place.start, stride: place.stride,
          Epilogue(bias: rounding == nil ? group.weights.bias?.firstNumber : nil),
          workers)
        if let rounding {
          let width = group.parts[last].end - part.column
          for row in 0..<group.rows[first] {
            let start = scratch + place.start + row * place.stride
            rounding.roundProduct(start, count: width)
            guard let bias = group.weights.bias?.firstNumber else { continue }
            rounding.combine(.add, count: width, start, bias + part.column, into: start)
          }
        }
        first = last + 1
      }
    }
    for (index, part) in parts.enumerated() {
      part.rowBias?.add(
        to: scratch + places[index].start, rows: rows[index], width: part.width,
        rowStride: places[index].stride, rounding)
    }
  }

  /// Computes the product of one part, added up in 16 bits.
  private func contract(
    _ index: Int, _ rows: Int, _ input: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ rounding: Rounding
  ) {
    let (part, stride) = (parts[index], places[index].stride)
    guard let kernel = part.kernel.firstNumber else { return }
    rounding.contract(
      rows: rows, inner: part.inner, columns: part.width, batches: 1,
      Rounding.Matrix(start: input, rowStride: part.inner, columnStride: 1),
      Rounding.Matrix(start: kernel, rowStride: part.width, columnStride: 1), into: target,
      rowStride: stride)
    guard let bias = part.bias?.firstNumber else { return }
    rounding.add(bias, to: target, rows: rows, width: part.width, stride: stride)
  }

  /// The parts' weights side by side, each at a multiple of `panel` columns.
  private static func pack(_ parts: [Part], _ panel: Int) -> Packed {
    let inner = parts[0].inner
    let width = parts.reduce(0) { $0 + ($1.width + panel - 1) / panel * panel }
    var kernel = [Float](repeating: 0, count: inner * width)
    var bias = [Float](repeating: 0, count: width)
    var column = 0
    for part in parts {
      part.kernel.withElements(as: Float.self) { numbers in
        for row in 0..<inner {
          for index in 0..<part.width {
            kernel[row * width + column + index] = numbers[row * part.width + index]
          }
        }
      }
      part.bias?.withElements(as: Float.self) { numbers in
        for index in 0..<part.width { bias[column + index] = numbers[index] }
      }
      column += (part.width + panel - 1) / panel * panel
    }
    let hasBias = parts.contains { $0.bias != nil }
    return Packed(
      panels: PackedMatrix(rows: inner, columns: width, kernel),
      bias: hasBias ? Tensor([width], bias) : nil)
  }
}
