import ModelFormat
import Tensors

/// How layers tell the classes of their items, which each of them finds in its own way.
///
/// Modes: `int`, the class itself; `one_hot`; and over the second axis, or that of an input that
/// has one alone, `multi_hot`, whether a class occurs, `count`, how often it does, or the sum of
/// its items' weights, and `tf_idf`, how often it does times a number of the class; the axis of
/// classes is the last. An item whose class is none of `classes` counts nowhere.
struct CategoryEncoder: Sendable {
  enum Mode: String, CaseIterable, Sendable {
    case int
    case oneHot = "one_hot"
    case multiHot = "multi_hot"
    case count
    case weighted = "tf_idf"
    /// An old name of ``multiHot``.
    case binary
  }

  let mode: Mode
  let classes: Int
  let elementType: ElementType
  /// Whether the axis of classes, for `one_hot`, never takes the place of one of size 1.
  var keepsLastAxis = false
  /// A factor for each class, in the mode `tf_idf`.
  var factors: [Float] = []

  /// An encoder of the given parts.
  init(mode: Mode, classes: Int, elementType: ElementType) {
    self.mode = mode
    self.classes = classes
    self.elementType = elementType
  }

  /// Reads the options `output_mode` and `dtype`, by default whole numbers for the classes
  /// themselves.
  init(_ reader: inout LayerReader, classes: Int, default mode: Mode) {
    let mode = reader.choice("output_mode", default: mode)
    let named = reader.value("dtype")?.string.flatMap(ElementType.init)
      .flatMap { $0.isFloatingPoint ? nil : $0 }
    let isInteger = named != nil || mode == .int
    self.init(
      mode: mode, classes: classes,
      elementType: isInteger ? (named == .int32 ? .int32 : .int64) : .float32)
  }

  /// The type of what an input of the given shape becomes.
  func outputType(for shape: Shape) throws(LayerError) -> TensorType {
    var sizes = shape.dimensions
    switch mode {
    case .int: break
    case .oneHot:
      if !keepsLastAxis, sizes.count > 1, sizes.last == 1 { sizes.removeLast() }
      sizes.append(classes)
    case .multiHot, .count, .binary, .weighted:
      guard shape.rank == 1 || shape.rank == 2 || shape.rank > 2 && mode != .weighted else {
        throw LayerError("expected an input of rank 1 or 2, found shape \(shape)")
      }
      sizes.remove(at: shape.rank == 1 ? 0 : 1)
      sizes.append(classes)
    }
    return TensorType(Shape(sizes), elementType)
  }

  /// The step of a call.
  ///
  /// `classify` writes the class of each item of the first input, which it reads with the memory
  /// that ``Operand`` asks for; `weights` is the input that holds the items' weights.
  func step(
    for call: LayerCall, weights: Int? = nil,
    _ classify:
      @escaping @Sendable (
        Operand, StepBuffers, UnsafeMutableRawPointer, UnsafeMutablePointer<Int64>
      ) -> Void
  ) -> Step {
    let (shape, output) = (call.inputs[0].shape, call.outputs[0])
    let (count, cells) = (shape.elementCount, output.shape.elementCount)
    let rows = Rows(of: shape, mode: mode)
    let x = Operand(input: 0, call.inputs[0])
    let amounts = weights.map { Operand(input: $0, call.inputs[$0]) }
    let bytes = [x.scratchBytes, count * 8, cells * 4, amounts?.scratchBytes ?? 0]
      .map { ($0 + 63) & ~63 }
    let starts = bytes.indices.map { bytes[..<$0].reduce(0, +) }
    return .run(scratchBytes: bytes.reduce(0, +)) { buffers in
      let classes = (buffers.scratch + starts[1]).bindMemory(to: Int64.self, capacity: count)
      classify(x, buffers, buffers.scratch, classes)
      if mode == .int {
        return convertElements(
          count, classes, .int64, buffers.outputBytes(), output.elementType)
      }
      let y = (buffers.scratch + starts[2]).bindMemory(to: Float.self, capacity: cells)
      let factors = amounts?.values(
        as: Float.self, buffers, scratch: buffers.scratch + starts[3])
      tally(classes, count, rows, factors, into: y, cells)
      convertElements(cells, y, .float32, buffers.outputBytes(), output.elementType)
    }
  }

  private func tally(
    _ found: UnsafePointer<Int64>, _ count: Int, _ rows: Rows, _ amounts: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>, _ cells: Int
  ) {
    y.update(repeating: 0, count: cells)
    for index in 0..<count {
      add(found[index], amounts?[index] ?? 1, to: y + rows.row(of: index) * classes)
    }
    for row in 0..<(cells / max(classes, 1)) { weight(y + row * classes) }
  }

  /// Which row of the output an item counts in.
  private struct Rows: Sendable {
    /// The items that count in one row.
    let width: Int
    /// The rows that lie beside one another, whose items alternate.
    let inner: Int

    init(of shape: Shape, mode: Mode) {
      let sizes = shape.dimensions
      width = mode == .oneHot ? 1 : max(sizes.count == 1 ? sizes[0] : sizes[1], 1)
      inner = mode == .oneHot ? 1 : max(sizes.dropFirst(2).reduce(1, *), 1)
    }

    func row(of index: Int) -> Int { index / (width * inner) * inner + index % inner }
  }

  /// Takes an item of a class into the numbers of all classes.
  func add(_ found: Int64, _ amount: Float = 1, to cells: UnsafeMutablePointer<Float>) {
    guard (0..<Int64(classes)).contains(found) else { return }
    let cell = cells + Int(found)
    cell.pointee = mode == .count || mode == .weighted ? cell.pointee + amount : 1
  }

  /// Multiplies the numbers of all classes by their factors where there are any.
  func weight(_ cells: UnsafeMutablePointer<Float>) {
    guard mode == .weighted else { return }
    for index in 0..<classes { cells[index] *= factors[index] }
  }
}
