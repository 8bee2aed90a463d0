import ModelFormat

/// The index that `tf.slice` and `tf.strided_slice` take, as Python writes it: `x[1:, None, 0]`.
struct SliceArguments {
  private typealias Tree = CallTree<ValueReference>

  private let call: SourceCall
  private let elements: (CallTree<ValueReference>) -> [CallTree<ValueReference>]?

  /// The call as one of `__operators__.getitem`; nil where it is none of these functions, or its
  /// bounds are in no list.
  ///
  /// The elements of an argument that is a list are what `elements` gives.
  static func indexing(
    _ function: String, _ call: SourceCall,
    _ elements: @escaping (CallTree<ValueReference>) -> [CallTree<ValueReference>]?
  ) -> SourceCall? {
    let arguments = SliceArguments(call: call, elements: elements)
    let items: [Tree]?
    switch function {
    case "slice": items = arguments.plain()
    case "strided_slice": items = arguments.strided()
    default: items = nil
    }
    guard let items else { return nil }
    var call = call
    for name in parameters { call.keywords[name] = nil }
    call.keywords["slice_spec"] = .collecting(items)
    return call
  }

  private func list(_ name: String) -> [Tree]? { call.keywords[name].flatMap(elements) }

  /// The items of a slice by its beginnings and sizes.
  private func plain() -> [Tree]? {
    guard let begin = list("begin"), let size = list("size"), size.count == begin.count else {
      return nil
    }
    var items: [Tree] = []
    for (start, count) in zip(begin, size) {
      if count.constant?.int == -1 {
        items.append(Self.slice(start, .constant(.null), .constant(.null)))
      } else if start.constant?.int == 0 {
        items.append(Self.slice(start, count, .constant(.null)))
      } else {
        guard let start = start.constant?.int, let count = count.constant?.int,
          case (let stop, let overflow) = start.addingReportingOverflow(count), !overflow
        else { return nil }
        items.append(
          Self.slice(.constant(.int(start)), .constant(.int(stop)), .constant(.null)))
      }
    }
    return items
  }

  /// The items of a slice by bounds and masks.
  private func strided() -> [Tree]? {
    guard let begin = list("begin"), let end = list("end"), end.count == begin.count,
      begin.count < 63
    else { return nil }
    let steps = list("strides") ?? begin.map { _ in .constant(.int(1)) }
    guard steps.count == begin.count else { return nil }
    func isSet(_ mask: String, _ place: Int) -> Bool {
      (call.keywords[mask]?.constant?.int ?? 0) & 1 << place != 0
    }
    return begin.indices.map { place in
      if isSet("ellipsis_mask", place) {
        return .constant(.object(["class_name": .string("__ellipsis__")]))
      }
      if isSet("new_axis_mask", place) { return .constant(.null) }
      if isSet("shrink_axis_mask", place) { return begin[place] }
      return Self.slice(
        isSet("begin_mask", place) ? .constant(.null) : begin[place],
        isSet("end_mask", place) ? .constant(.null) : end[place], steps[place])
    }
  }

  /// The parameters of both functions.
  private static let parameters = [
    "begin", "end", "size", "strides", "begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask",
    "shrink_axis_mask", "var",
  ]

  private static func slice(_ start: Tree, _ stop: Tree, _ step: Tree) -> Tree {
    .collecting(["start": start, "stop": stop, "step": step])
  }
}
