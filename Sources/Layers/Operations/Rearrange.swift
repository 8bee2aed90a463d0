import ModelFormat
import Tensors

/// The axes taken apart, put into another order and joined, as a pattern in einops's notation says:
/// `b (h p) w c -> b h (w p) c`.
///
/// Input: a tensor with the axes of the pattern's left side. Output: one with those of the right
/// side. Of the axes in one pair of parentheses on the left, `axes_lengths` has the sizes of all, or
/// of all but one.
///
/// Keras: <https://keras.io/api/ops/numpy/#rearrange-function>
struct Rearrange: Layer {
  static let classNames = ["ops.Rearrange"]
  static let elementTypes = ElementType.allCases

  private let from: [[String]]
  private let to: [[String]]
  private let sizes: [String: Int]

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    let pattern = reader.value("pattern")?.string ?? ""
    let sides = pattern.split(separator: "->", omittingEmptySubsequences: false).map(Self.axes)
    from = sides.first ?? []
    to = sides.last ?? []
    sizes = (reader.value("axes_lengths")?.object ?? [:]).compactMapValues(\.int)
    let names = from.joined().sorted()
    if sides.count != 2 || names.isEmpty || names != to.joined().sorted()
      || Set(names).count != names.count || names.contains(where: { sizes[$0] ?? 1 < 1 })
    {
      reader.reject(
        "pattern", "expected the same axes on both sides of \"->\", found \"\(pattern)\"")
    }
  }

  /// The axes of one side, those in parentheses together.
  private static func axes(_ side: Substring) -> [[String]] {
    var axes: [[String]] = []
    var group: [String]?
    // Keras looks for names and parentheses, whatever stands between them.
    let spaced = side.replacing("(", with: " ( ").replacing(")", with: " ) ")
    let words = spaced.split { !($0.isLetter || $0.isNumber || "_()".contains($0)) }
    for word in words {
      switch (word, group) {
      case ("(", _): group = []
      case (")", let members?):
        axes.append(members)
        group = nil
      case (_, nil): axes.append([String(word)])
      default: group?.append(String(word))
      }
    }
    return axes
  }

  /// The size of every axis that the left side names.
  private func lengths(_ shape: Shape) throws(LayerError) -> [String: Int] {
    guard shape.rank == from.count else {
      throw LayerError("expected \(from.count) axes, found shape \(shape)")
    }
    var lengths: [String: Int] = [:]
    for (size, group) in zip(shape.dimensions, from) {
      let open = group.filter { group.count == 1 || sizes[$0] == nil }
      var known = 1
      for axis in group where !open.contains(axis) {
        lengths[axis] = sizes[axis]
        let (product, overflows) = known.multipliedReportingOverflow(by: sizes[axis] ?? 1)
        known = overflows ? .max : product
      }
      guard open.count < 2, size % known == 0, open.count == 1 || size == known else {
        throw LayerError("expected axes (\(group.joined(separator: " "))) of together \(size)")
      }
      if let axis = open.first { lengths[axis] = size / known }
    }
    return lengths
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let lengths = try lengths(try call.onlyShape())
    let sizes = to.map { $0.reduce(1) { $0 * (lengths[$1] ?? 1) } }
    return [TensorType(Shape(sizes), call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let lengths = try lengths(call.inputs[0].shape)
    let axes = Array(from.joined())
    let shape = Shape(axes.map { lengths[$0] ?? 1 })
    let order = to.joined().compactMap { axes.firstIndex(of: $0) }
    let elementBytes = call.inputs[0].elementType.byteCount
    return .run { buffers in
      CPUKernels.active.permute(
        shape, axes: order, elementBytes: elementBytes, buffers.inputBytes(0),
        into: buffers.outputBytes())
    }
  }
}
