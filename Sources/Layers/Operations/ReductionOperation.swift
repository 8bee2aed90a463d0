import ModelFormat
import Tensors

/// y = the sum, mean, largest, … over some axes, or over all: the reductions of `keras.ops`.
///
/// Input: any shape. Output: the shape without the axes, or with size 1 there where `keepdims`. Sums
/// of whole numbers of 8 and 16 bits have 32, unless the input's type is kept, as in TensorFlow, which
/// takes their means in whole numbers too.
///
/// Keras: <https://keras.io/api/ops/numpy/>
struct ReductionOperation: Layer {
  static let classNames: [String] = kinds.keys.sorted()
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  private enum Kind: Sendable {
    case kernel(Reduction)
    case variance(isRooted: Bool)
    case logSumExp
    case all
    case any
    case place(BestPlace)
    case norm(Norm)
    case range
    case nonzeroCount
    case median

    /// Whether whole numbers are taken as they are, and not as floating-point numbers.
    var takesWholes: Bool {
      switch self {
      case .kernel, .place, .range: true
      default: false
      }
    }
  }

  private static let kinds: [String: Kind] = [
    "ops.Sum": .kernel(.sum), "ops.Mean": .kernel(.mean), "ops.Max": .kernel(.max),
    "ops.Min": .kernel(.min), "ops.Prod": .kernel(.product), "ops.Var": .variance(isRooted: false),
    "ops.Std": .variance(isRooted: true), "ops.Logsumexp": .logSumExp, "ops.All": .all,
    "ops.Any": .any, "ops.Argmax": .place(BestPlace(ofMaximum: true)),
    "ops.Argmin": .place(BestPlace(ofMaximum: false)), "ops.Norm": .norm(.vector(2)),
    "ops.Amax": .kernel(.max),
    "ops.Amin": .kernel(.min), "ops.CountNonzero": .nonzeroCount, "ops.Median": .median,
    "ops.Ptp": .range,
  ]

  private let kind: Kind
  private let axes: [Int]?
  private let keepsAxes: Bool
  private let keepsType: Bool
  /// A number that counts with all others.
  private let initial: Double?

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    let axes = reader.value("axis") == nil ? nil : reader.intList("axis", default: [])
    self.axes = axes
    keepsAxes = reader.bool("keepdims", default: false)
    keepsType = reader.bool("keeps_type", default: false)
    var kind = Self.kinds[reader.className] ?? .any
    if case .place(var best) = kind {
      best.equalsZeros = reader.bool("equal_zeros", default: false)
      kind = .place(best)
    }
    initial = reader.value("initial") == nil ? nil : reader.number("initial")
    guard case .norm = kind else {
      self.kind = kind
      return
    }
    self.kind = .norm(Norm(&reader, axes: axes))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let axes = try reducedAxes(shape)
    let sizes = shape.dimensions.indices.compactMap { axis in
      axes.contains(axis) ? (keepsAxes ? 1 : nil) : shape[axis]
    }
    return [TensorType(Shape(sizes), resultType(call.inputs[0].elementType))]
  }

  private func resultType(_ type: ElementType) -> ElementType {
    switch kind {
    case .kernel where keepsType && !type.isFloatingPoint && type != .bool: type
    case .kernel(.max) where type.isNarrow, .kernel(.min) where type.isNarrow: type
    case .all, .any: .bool
    case .place, .nonzeroCount: .int32
    case .range where !type.isFloatingPoint: type
    case .kernel(.mean), .variance, .logSumExp, .norm, .range, .median: .float32
    case .kernel: type.isFloatingPoint ? .float32 : type.isWide ? .int64 : .int32
    }
  }

  private func reducedAxes(_ shape: Shape) throws(LayerError) -> [Int] {
    guard let axes else { return Array(0..<shape.rank) }
    let normalized = Set(axes.compactMap(shape.normalizedAxis)).sorted()
    guard normalized.count == axes.count else {
      throw LayerError("expected axes of shape \(shape), found \(axes)")
    }
    return normalized
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axes = try reducedAxes(shape)
    var last = axes
    // The rows of a matrix are along the axis that is named first.
    if let given = self.axes?.compactMap(shape.normalizedAxis), given.count == 2 { last = given }
    let order = (0..<shape.rank).filter { !axes.contains($0) } + last
    let columns = last.last.map { shape[$0] } ?? 1
    let count = axes.reduce(1) { $0 * shape[$1] }
    let outer = shape.elementCount / max(count, 1)
    let operand = Operand(input: 0, call.inputs[0])
    let (kind, initial) = (kind, initial)
    let output = call.outputs[0].elementType
    if !call.inputs[0].elementType.isFloatingPoint, !output.isFloatingPoint, kind.takesWholes {
      let first = initial.flatMap { Int64(exactly: $0.rounded(.towardZero)) }
      guard first != nil || initial == nil else {
        throw LayerError("expected a whole number for \"initial\", found \(initial ?? .nan)")
      }
      return .run(scratchBytes: 2 * operand.scratchBytes) { buffers in
        let x = operand.values(as: Int64.self, buffers, scratch: buffers.scratch)
        let moved = buffers.scratch + operand.scratchBytes
        CPUKernels.active.permute(shape, axes: order, elementBytes: 8, x, into: moved)
        let rows = moved.assumingMemoryBound(to: Int64.self)
        for row in 0..<outer {
          let values = UnsafeBufferPointer(start: rows + row * count, count: count)
          var result = Self.whole(kind, values)
          if let first {
            if case .kernel(.max) = kind { result = max(result, first) }
            if case .kernel(.min) = kind { result = min(result, first) }
          }
          buffers.store(result, as: output, at: row)
        }
      }
    }
    return .run(scratchBytes: 2 * operand.scratchBytes) { buffers in
      let x = operand.values(as: Float.self, buffers, scratch: buffers.scratch)
      let moved = buffers.scratch + operand.scratchBytes
      CPUKernels.active.permute(shape, axes: order, x, into: moved)
      let rows = moved.assumingMemoryBound(to: Float.self)
      Self.reduce(kind, rows, outer: outer, count: count, columns: columns, buffers)
      guard let initial = initial.map({ Float($0) }), case .kernel(let reduction) = kind else {
        return
      }
      for row in 0..<outer {
        let value = buffers.output()[row]
        buffers.output()[row] = reduction == .max ? max(value, initial) : min(value, initial)
      }
    }
  }

  private static func whole(_ kind: Kind, _ values: UnsafeBufferPointer<Int64>) -> Int64 {
    switch kind {
    case .kernel(.sum): values.reduce(0, &+)
    case .kernel(.mean): values.isEmpty ? 0 : values.reduce(0, &+) / Int64(values.count)
    case .kernel(.max): values.max() ?? 0
    case .kernel(.min): values.min() ?? 0
    case .kernel(.product): values.reduce(1, &*)
    case .range: (values.max() ?? 0) &- (values.min() ?? 0)
    case .place(let best): Int64(best(values))
    default: 0
    }
  }

  private static func reduce(
    _ kind: Kind, _ rows: UnsafeMutablePointer<Float>, outer: Int, count: Int, columns: Int,
    _ buffers: StepBuffers
  ) {
    for row in 0..<outer {
      let start = rows + row * count
      let values = UnsafeBufferPointer(start: start, count: count)
      switch kind {
      case .kernel(let reduction):
        CPUKernels.active.reduce(
          reduction, outer: 1, count: count, start, into: buffers.output() + row)
      case .variance(let isRooted):
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(count)
        let sum = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        let variance = sum / Double(count)
        buffers.output()[row] = Float(isRooted ? variance.squareRoot() : variance)
      case .logSumExp:
        buffers.output()[row] =
          values.contains(where: \.isNaN)
          ? .nan
          : Float(values.reduce(-Double.infinity) { Scalar.logAddExp($0, Double($1)) })
      case .norm(let norm):
        buffers.output()[row] = Float(norm.value(of: values.map { Double($0) }, columns: columns))
      case .all: buffers.output(0, as: Bool.self)[row] = values.allSatisfy { $0 != 0 }
      case .any: buffers.output(0, as: Bool.self)[row] = values.contains { $0 != 0 }
      case .place(let best): buffers.output(0, as: Int32.self)[row] = Int32(best(values))
      case .range:
        buffers.output()[row] =
          values.contains(where: \.isNaN) ? .nan : (values.max() ?? 0) - (values.min() ?? 0)
      case .nonzeroCount:
        buffers.output(0, as: Int32.self)[row] = Int32(values.count { $0 != 0 })
      case .median: buffers.output()[row] = median(values)
      }
    }
  }

  /// The middle of the numbers by their size, or the mean of the two in the middle.
  private static func median(_ values: UnsafeBufferPointer<Float>) -> Float {
    let sorted = values.sorted()
    guard !sorted.isEmpty, !sorted.contains(where: \.isNaN) else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
