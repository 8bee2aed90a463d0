import ModelFormat
import Tensors

/// y[…] = Σ a[…] · b[…], the axes named by letters: `Einsum` of `keras.ops`, for one tensor or two.
///
/// Input: the tensors of the equation; `...` stands for axes that broadcast. Output: the axes behind
/// `->`, or without it those that stand once, in the alphabet's order.
///
/// Keras: <https://keras.io/api/ops/numpy/#einsum-function>
struct Einsum: Layer {
  static let classNames = ["ops.Einsum"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces.union(["subscripts"])

  private let inputs: [[Character]]
  private let output: [Character]?

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    let text = reader.value("subscripts")?.string ?? ""
    let equation = text.filter { $0 != " " }.replacing("...", with: "…")
    let sides = equation.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    output = sides.count > 1 ? Array(sides[1].dropFirst()) : nil
    let isKnown = (inputs.joined() + (output ?? [])).allSatisfy { $0.isLetter || $0 == "…" }
    if text.isEmpty || !isKnown || !(1...2).contains(inputs.count) {
      reader.refuse("subscripts", "expected an equation of one or two tensors, found \"\(text)\"")
    }
  }

  /// The labels of a call's axes: letters, and numbers from the end for what `...` stands for.
  private struct Form {
    var labels: [[String]]
    var output: [String]
    var sizes: [String: Int]
    var summed: [String]
  }

  private func form(_ shapes: [Shape]) throws(LayerError) -> Form {
    guard shapes.count == inputs.count else {
      throw LayerError("expected \(inputs.count) inputs, found \(shapes.count)")
    }
    var sizes: [String: Int] = [:]
    var all: [[String]] = []
    var broadcast = 0
    for (letters, shape) in zip(inputs, shapes) {
      let open = shape.rank - letters.count { $0 != "…" }
      guard letters.contains("…") ? open >= 0 : open == 0 else {
        throw LayerError("expected an input of axes \"\(String(letters))\", found shape \(shape)")
      }
      broadcast = max(broadcast, open)
      let labels = letters.flatMap { letter in
        letter == "…" ? (0..<open).map { "\(open - $0)" } : [String(letter)]
      }
      for (label, size) in zip(labels, shape.dimensions) {
        let known = sizes[label] ?? 1
        guard known == size || known == 1 || size == 1 else {
          throw LayerError("expected one size for \"\(label)\", found \(known) and \(size)")
        }
        sizes[label] = max(known, size)
      }
      all.append(labels)
    }
    let open = (0..<broadcast).map { "\(broadcast - $0)" }
    let labels =
      output.map { letters in
        letters.flatMap { $0 == "…" ? open : [String($0)] }
      } ?? open + Self.single(all.joined().filter { Int($0) == nil })
    let summed = Set(all.joined()).subtracting(labels).sorted()
    guard labels.allSatisfy({ sizes[$0] != nil }), Set(labels).count == labels.count else {
      throw LayerError("expected an output of the inputs' axes, found \(labels)")
    }
    return Form(labels: all, output: labels, sizes: sizes, summed: summed)
  }

  private static func single(_ labels: [String]) -> [String] {
    Set(labels).filter { label in labels.count { $0 == label } == 1 }.sorted()
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let form = try form(call.inputs.map(\.shape))
    let operands = call.inputs.enumerated().map { Operand(input: $0, $1) }
    return [TensorType(Shape(form.output.map { form.sizes[$0] ?? 1 }), operands.productType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shapes = call.inputs.map(\.shape)
    let form = try form(shapes)
    let walk = form.output + form.summed
    let sizes = walk.map { form.sizes[$0] ?? 1 }
    let strides = zip(form.labels, shapes).map { labels, shape in
      walk.map { label in
        zip(labels, zip(shape.strides, shape.dimensions)).reduce(0) { sum, axis in
          axis.0 == label && axis.1.1 > 1 ? sum + axis.1.0 : sum
        }
      }
    }
    let summedCount = sizes[form.output.count...].reduce(1, *)
    let count = call.outputs[0].shape.elementCount
    let isPair = shapes.count == 2
    let operands = call.inputs.enumerated().map { Operand(input: $0, $1) }
    let type = call.outputs[0].elementType
    let bytes = operands.reduce(0) { $0 + $1.scratchBytes }
    return .run(scratchBytes: bytes + (type == .float32 ? 0 : count * 4)) { buffers in
      let y =
        type == .float32
        ? buffers.output() : (buffers.scratch + bytes).assumingMemoryBound(to: Float.self)
      let a = operands[0].values(as: Float.self, buffers, scratch: buffers.scratch)
      let b =
        isPair
        ? operands[1].values(
          as: Float.self, buffers, scratch: buffers.scratch + operands[0].scratchBytes) : a
      func offset(_ index: Int, _ axes: Range<Int>, _ strides: [Int]) -> Int {
        var (rest, sum) = (index, 0)
        for axis in axes.reversed() {
          sum += rest % sizes[axis] * strides[axis]
          rest /= sizes[axis]
        }
        return sum
      }
      let (kept, summed) = (0..<form.output.count, form.output.count..<walk.count)
      let places = (0..<summedCount).map { index in
        (
          offset(index, summed, strides[0]),
          isPair ? offset(index, summed, strides[1]) : 0
        )
      }
      buffers.workers.forEachRange(of: count, grain: 1 + 65_536 / max(summedCount, 1)) { range in
        for index in range {
          let left = a + offset(index, kept, strides[0])
          let right = isPair ? b + offset(index, kept, strides[1]) : b
          var sum: Float = 0
          for (i, j) in places { sum += isPair ? left[i] * right[j] : left[i] }
          y[index] = sum
        }
      }
      if type != .float32 { convertElements(count, y, .float32, buffers.outputBytes(), type) }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let form = try? form(call.inputs.map(\.shape)) else { return 0 }
    return (form.output + form.summed).reduce(1) { $0 * (form.sizes[$1] ?? 1) }
  }
}
