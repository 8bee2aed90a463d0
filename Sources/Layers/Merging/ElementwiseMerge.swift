import Tensors

/// y = x₀ ∘ x₁ ∘ …: `Add`, `Multiply`, `Average`, `Maximum`, `Minimum` and, for two inputs,
/// `Subtract`.
///
/// Inputs broadcast as in NumPy; where their ranks differ, those of lower rank get axes of size 1
/// behind the batch axis. Keras: `Merge.call`.
///
/// Input: one tensor or more. Output: what they broadcast to, whole numbers where all inputs are
/// such, which lose the bits that their type has no place for; an `Average` gives their quotient.
///
/// Keras: <https://keras.io/api/layers/merging_layers/>
struct ElementwiseMerge: AbsorbableLayer, ActivatedLayer {
  static let classNames = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]

  var convertsWholeNumbers: Bool { false }

  private let operation: BinaryOperation
  private let takesMean: Bool
  var activation = Activation.linear

  static func elementTypes(for inputs: [ElementType]) -> [ElementType] {
    WholeMerge.applies(to: inputs) ? [] : elementTypes
  }

  init(_ reader: inout LayerReader) {
    takesMean = reader.className == "Average"
    operation =
      switch reader.className {
      case "Subtract": .subtract
      case "Multiply": .multiply
      case "Maximum": .maximum
      case "Minimum": .minimum
      default: .add
      }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard operation == .subtract ? call.inputs.count == 2 : !call.inputs.isEmpty else {
      let expected = operation == .subtract ? "2 inputs" : "1 input or more"
      throw LayerError("expected \(expected), found \(call.inputs.count)")
    }
    let shapes = Self.aligned(call.inputs.map(\.shape))
    var output = shapes[0]
    for shape in shapes {
      guard let broadcast = broadcastShape(output, shape) else {
        let found = call.inputs.map { "\($0.shape)" }.joined(separator: ", ")
        throw LayerError("expected shapes that broadcast together, found \(found)")
      }
      output = broadcast
    }
    let whole = takesMean ? nil : WholeMerge.totals(call.inputs).last
    return [TensorType(output, isWhole(call) ? whole ?? .float32 : .float32)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shapes = Self.aligned(call.inputs.map(\.shape))
    let output = call.outputs[0].shape
    if isWhole(call) {
      return WholeMerge(
        operation, call.inputs, shapes: shapes, output: call.outputs[0], isMean: takesMean
      ).step
    }
    let terms = MergeTerm.terms(operation, shapes, output: output, activation)
    guard !terms.isEmpty else { return .view }
    let scratchBytes = MergeTerm.scratchCount(terms) * MemoryLayout<Float>.stride
    let count = output.elementCount
    let divisor: Float? = takesMean ? Float(shapes.count) : nil
    let rounding = context.rounding
    return .run(scratchBytes: scratchBytes) { buffers in
      let y = buffers.output()
      var total = buffers.input(0)
      for (index, term) in terms.enumerated() {
        let next = term.place.map { buffers.scratch(from: $0) } ?? y
        term.run(total, buffers.input(index + 1), into: next, buffers.workers)
        rounding?.round(next, count: term.broadcast.shape.elementCount)
        total = UnsafePointer(next)
      }
      guard let divisor else { return }
      withUnsafePointer(to: divisor) {
        CPUKernels.active.binary(.divide, count: count, y, $0, advancesB: false, into: y)
      }
    }
  }

  package func operation(rank: Int) -> GraphOperation? {
    guard !takesMean, activation == .linear else { return nil }
    return operation == .add ? .sum : operation == .multiply ? .product : nil
  }

  package func absorbing(_ operation: GraphOperation) -> (any Layer)? {
    // A mean is divided behind the place where the function would be applied.
    takesMean ? nil : activated(by: operation)
  }

  private func isWhole(_ call: LayerCall) -> Bool {
    WholeMerge.applies(to: call.inputs.map(\.elementType))
  }

  /// The shapes with axes of size 1 behind the batch axis, so that all have the same rank.
  private static func aligned(_ shapes: [Shape]) -> [Shape] {
    let rank = shapes.map(\.rank).max() ?? 0
    return shapes.map { shape in
      let missing = [Int](repeating: 1, count: rank - shape.rank)
      return Shape(shape.dimensions.prefix(1) + missing + shape.dimensions.dropFirst())
    }
  }
}
