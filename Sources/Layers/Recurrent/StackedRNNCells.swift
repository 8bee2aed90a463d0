import ModelFormat
import Tensors

/// Cells of which each takes the output of the one before as its input.
///
/// Step: x (F), the states of all cells, one cell behind the other. Weights: the cells', under
/// their numbers.
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/>
struct StackedRNNCells: RecurrentCell {
  private let cells: [any RecurrentCell]

  init(cells: [any RecurrentCell]) {
    self.cells = cells
  }

  init(_ reader: inout LayerReader) {
    let objects = reader.value("cells")?.array ?? []
    if objects.isEmpty { reader.reject("cells", "expected a list of cells, found none") }
    if reader.bool("reverse_state_order", default: false) {
      reader.refuse("reverse_state_order", "the last cell's states first are not supported")
    }
    var cells: [any RecurrentCell] = []
    for (index, object) in objects.enumerated() {
      cells.append(reader.cell("cells", object, weights: "\(index)"))
    }
    self.cells = cells
  }

  var stateCount: Int { cells.reduce(0) { $0 + $1.stateCount } }

  func stateShapes(for input: Shape) throws(LayerError) -> [Shape] {
    guard !cells.isEmpty else { throw LayerError("expected a cell at least, found none") }
    return try members(for: input).flatMap(\.states)
  }

  func outputState(for input: Shape) throws(LayerError) -> Int {
    var first = 0
    var output = 0
    for member in try members(for: input) {
      output = first + member.output
      first += member.states.count
    }
    return output
  }

  func multiplyAdds(for input: Shape) -> Int {
    ((try? members(for: input)) ?? []).reduce(0) { $0 + $1.cell.multiplyAdds(for: $1.input) }
  }

  func makeBody(
    for input: Shape, in context: PlanContext, key: String
  ) throws(LayerError) -> any RecurrentBody {
    var bodies: [StackedBody.Member] = []
    var offset = 0
    for (index, member) in try members(for: input).enumerated() {
      let sizes = member.states.map(\.elementCount)
      bodies.append(
        StackedBody.Member(
          body: try member.cell.makeBody(for: member.input, in: context, key: "\(key)\(index)/"),
          inputSize: member.input.elementCount, states: offset,
          output: offset + sizes.prefix(member.output).reduce(0, +)))
      offset += sizes.reduce(0, +)
    }
    guard let body = StackedBody(bodies) else {
      throw LayerError("expected a cell at least, found none")
    }
    return body
  }

  /// A cell with the shapes that it meets, and which of its states is its output.
  private typealias Member = (cell: any RecurrentCell, input: Shape, states: [Shape], output: Int)

  private func members(for input: Shape) throws(LayerError) -> [Member] {
    var input = input
    var members: [Member] = []
    for cell in cells {
      let states = try cell.stateShapes(for: input)
      let output = try cell.outputState(for: input)
      members.append((cell, input, states, output))
      input = states[output]
    }
    return members
  }
}

/// ``StackedRNNCells`` that are ready to run.
private struct StackedBody: RecurrentBody {
  struct Member {
    let body: any RecurrentBody
    let inputSize: Int
    /// Where the cell's states begin among those of all.
    let states: Int
    /// Where its output is among them.
    let output: Int
  }

  let projectionSize: Int
  let scratchSize: Int
  private let first: Member
  private let others: [Member]

  init?(_ members: [Member]) {
    guard let first = members.first else { return nil }
    self.first = first
    others = Array(members.dropFirst())
    projectionSize = first.body.projectionSize
    let sizes = others.map { $0.inputSize + $0.body.projectionSize + $0.body.scratchSize }
    scratchSize = max(first.body.scratchSize, sizes.max() ?? 0)
  }

  func project(
    _ x: UnsafePointer<Float>, _ projection: UnsafeMutablePointer<Float>, rows: Int,
    workers: WorkerPool
  ) {
    first.body.project(x, projection, rows: rows, workers: workers)
  }

  func advance(_ step: RecurrentStep) {
    first.body.advance(step)
    var input = first.output
    for member in others {
      let (x, items) = (step.scratch, step.items)
      for item in 0..<items {
        (x + item * member.inputSize).update(
          from: step.states + item * step.stateStride + input, count: member.inputSize)
      }
      let projection = x + items * member.inputSize
      member.body.project(x, projection, rows: items, workers: .single)
      member.body.advance(
        RecurrentStep(
          items: items, projection: projection, projectionStride: member.body.projectionSize,
          states: step.states + member.states, stateStride: step.stateStride,
          scratch: projection + items * member.body.projectionSize))
      input = member.output
    }
  }
}
