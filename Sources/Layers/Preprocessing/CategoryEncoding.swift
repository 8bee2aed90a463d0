import ModelFormat
import Tensors

/// y = which classes x names: `CategoryEncoding`, and `Discretization`, whose classes are the
/// intervals between `bin_boundaries`.
///
/// Modes: `int`, the class itself; `one_hot`; and over the last axis `multi_hot`, whether a class
/// occurs, and `count`, how often it does, or the sum of its items' `count_weights`.
///
/// Input: whole numbers (B, …), for `Discretization` any numbers; the weights by keyword. Output:
/// (B, …) for `int`, an axis of all classes more for `one_hot` (in place of a last axis of size 1),
/// (B, classes) for the others, whose input is (B, N).
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/>
struct CategoryEncoding: Layer {
  static let classNames = ["CategoryEncoding", "Discretization"]
  static let elementTypes: [ElementType] = []
  static let keywords: Set<String> = ["count_weights"]

  private enum Mode: String, CaseIterable {
    case int
    case oneHot = "one_hot"
    case multiHot = "multi_hot"
    case count
    /// An old name of ``multiHot``.
    case binary
  }

  private let boundaries: [Float]?
  private let classes: Int
  private let mode: Mode
  private let elementType: ElementType

  init(_ reader: inout LayerReader) {
    if reader.bool("sparse", default: false) { reader.refuse("sparse", "sparse tensors") }
    let named = reader.value("dtype")?.string.flatMap(ElementType.init)
    if reader.className == "Discretization" {
      mode = reader.choice("output_mode", default: Mode.int)
      let list = reader.value("bin_boundaries")?.array
      boundaries = (list ?? []).map { Float($0.double ?? .nan) }
      classes = (list?.count ?? 0) + 1
      if list == nil || boundaries?.contains(where: \.isNaN) == true {
        reader.reject("bin_boundaries", "expected a list of numbers, found none")
      }
      for option in ["num_bins", "epsilon"] { _ = reader.value(option) }
    } else {
      mode = reader.choice("output_mode", default: Mode.multiHot)
      boundaries = nil
      classes = reader.int("num_tokens")
    }
    let isInteger = named.map { !$0.isFloatingPoint } ?? (mode == .int)
    elementType = isInteger ? (named == .int32 ? .int32 : .int64) : .float32
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    var sizes = shape.dimensions
    switch mode {
    case .int: break
    case .oneHot:
      if sizes.count > 1, sizes.last == 1 { sizes.removeLast() }
      sizes.append(classes)
    case .multiHot, .count, .binary:
      guard shape.rank == 2 else {
        throw LayerError("expected an input of rank 2, found shape \(shape)")
      }
      sizes[1] = classes
    }
    if let place = call.keywords["count_weights"], call.inputs[place].shape != shape {
      throw LayerError("expected weights of shape \(shape), found \(call.inputs[place].shape)")
    }
    return [TensorType(Shape(sizes), elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let count = call.inputs[0].shape.elementCount
    let x = Operand(input: 0, call.inputs[0])
    let place = mode == .count ? call.keywords["count_weights"] : nil
    let weights = place.map { Operand(input: $0, call.inputs[$0]) }
    let width = mode == .oneHot ? 1 : max(call.inputs[0].shape.dimensions.last ?? 1, 1)
    let (self_, output) = (self, call.outputs[0])
    let numbers = output.shape.elementCount * MemoryLayout<Float>.stride
    let indices = count * MemoryLayout<Int64>.stride
    return .run(
      scratchBytes: x.scratchBytes + (weights?.scratchBytes ?? 0) + numbers + indices + 192
    ) { buffers in
      var memory = ScratchMemory(buffers.scratch)
      let classes = memory.take(Int64.self, count)
      self_.classify(x, count, buffers, memory.take(bytes: x.scratchBytes), into: classes)
      if self_.mode == .int {
        convertElements(count, classes, .int64, buffers.outputBytes(), output.elementType)
        return
      }
      let amounts = weights?.values(
        as: Float.self, buffers, scratch: memory.take(bytes: weights?.scratchBytes ?? 0))
      let y = memory.take(Float.self, output.shape.elementCount)
      y.update(repeating: 0, count: output.shape.elementCount)
      for index in 0..<count where (0..<Int64(self_.classes)).contains(classes[index]) {
        let cell = y + index / width * self_.classes + Int(classes[index])
        cell.pointee = self_.mode == .count ? cell.pointee + (amounts?[index] ?? 1) : 1
      }
      convertElements(
        output.shape.elementCount, y, .float32, buffers.outputBytes(), output.elementType)
    }
  }

  /// The class of each element: the number of boundaries that it reaches, or its own number.
  private func classify(
    _ x: Operand, _ count: Int, _ buffers: StepBuffers, _ scratch: UnsafeMutableRawPointer,
    into classes: UnsafeMutablePointer<Int64>
  ) {
    guard let boundaries else {
      let numbers = x.values(as: Int64.self, buffers, scratch: scratch)
      classes.update(from: numbers, count: count)
      return
    }
    let numbers = x.values(as: Float.self, buffers, scratch: scratch)
    for index in 0..<count {
      classes[index] = Int64(boundaries.prefix { $0 <= numbers[index] }.count)
    }
  }
}

/// Scratch memory that is handed out part by part.
private struct ScratchMemory {
  private var next: UnsafeMutableRawPointer

  init(_ start: UnsafeMutableRawPointer) { next = start }

  mutating func take(bytes: Int) -> UnsafeMutableRawPointer {
    defer { next += (bytes + 63) & ~63 }
    return next
  }

  mutating func take<Element>(_ type: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
    take(bytes: count * MemoryLayout<Element>.stride)
      .bindMemory(to: Element.self, capacity: count)
  }
}
