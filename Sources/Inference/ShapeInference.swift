import Layers
import ModelFormat
import Tensors

extension Graph {
  /// The type of every value for inputs of the given types.
  func types(
    for inputTypes: [TensorType], atMost limit: Int = largestElementCount
  ) throws(ModelProblem) -> [TensorType] {
    var types = [TensorType](repeating: TensorType([]), count: valueNames.count)
    for (index, type) in inputTypes.enumerated() {
      guard type.shape.elementCount(atMost: limit) != nil else {
        throw ModelProblem(
          .invalid, layer: valueNames[index], reason: "an input of shape \(type.shape) is too large"
        )
      }
      types[index] = type
    }
    for node in nodes {
      let outputs = try outputTypes(of: node, types, atMost: limit)
      for (value, type) in zip(node.outputs, outputs) { types[value] = type }
    }
    return types
  }

  /// The call that a node makes on values of the given types; its inputs have the element types
  /// that the layer takes.
  func call(of node: Node, _ types: [TensorType]) -> LayerCall {
    let accepted = type(of: node.layer)
      .elementTypes(for: node.inputs.map { types[$0].elementType })
    let numbers = accepted.first { $0 != .string }
    let inputs = node.inputs.map { value in
      let type = types[value]
      guard !accepted.contains(type.elementType), let numbers else { return type }
      return TensorType(type.shape, numbers)
    }
    var call = LayerCall(inputs: inputs, keywords: node.keywords, arguments: node.arguments)
    call.measuredLength = node.outputs.first.flatMap { lengths[$0] }
    return call
  }

  /// The types of a node's outputs, none of which may have more than `limit` elements.
  func outputTypes(
    of node: Node, _ types: [TensorType], atMost limit: Int = largestElementCount
  ) throws(ModelProblem) -> [TensorType] {
    try checkElements(of: node, types)
    let outputs: [TensorType]
    do throws(LayerError) {
      outputs = try node.layer.outputTypes(for: call(of: node, types))
    } catch {
      throw problem(of: node, error.description)
    }
    guard outputs.count >= node.outputs.count else {
      throw problem(
        of: node, "expected \(node.outputs.count) outputs, the layer gives \(outputs.count)")
    }
    for type in outputs {
      guard type.shape.elementCount(atMost: limit) != nil else {
        throw problem(of: node, "an output of shape \(type.shape) is too large")
      }
    }
    return outputs
  }

  /// Fails where a layer of numbers is given strings, or one of strings numbers.
  private func checkElements(of node: Node, _ types: [TensorType]) throws(ModelProblem) {
    let accepted = type(of: node.layer).elementTypes
    let takesStrings = accepted.contains(.string)
    let takesNumbers = accepted.isEmpty || accepted.contains { $0 != .string }
    for value in node.inputs {
      let isText = types[value].elementType == .string
      guard isText ? takesStrings : takesNumbers else {
        throw problem(
          of: node, "expected \(isText ? "numbers" : "strings"), found \(types[value])")
      }
    }
  }

  private func problem(of node: Node, _ reason: String) -> ModelProblem {
    ModelProblem(.invalid, layer: node.name, className: node.className, reason: reason)
  }

  /// The most elements that one value may have: 4 GiB of single-precision numbers.
  static var largestElementCount: Int { 1 << 30 }
}

extension Graph {
  /// The inputs' types with `batch` items, and `size` on every other axis that is left open.
  func inputTypes(batch: Int, size: Int) -> [TensorType] {
    inputs.map { input in
      let sizes = input.shape.enumerated().map { axis, fixed in
        axis == 0 ? batch : fixed ?? size
      }
      return TensorType(Shape(sizes), Self.computeType(input.elementType))
    }
  }

  /// The element type that values have while a model runs: single precision for every
  /// floating-point type.
  static func computeType(_ elementType: ElementType) -> ElementType {
    elementType.isFloatingPoint ? .float32 : elementType
  }
}
