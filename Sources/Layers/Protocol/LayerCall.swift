public import ModelFormat
public import Tensors

/// One call of a layer: the types of the tensors that go in and come out.
public struct LayerCall: Sendable {
  /// The inputs' types: those given by position, then those given by keyword.
  public var inputs: [TensorType]
  /// Where in `inputs` the tensors given by keyword stand.
  public var keywords: [String: Int]
  /// Arguments of the call that are no tensors.
  public var arguments: [String: JSONValue]
  /// The outputs' types; empty until ``Layer/outputTypes(for:)`` has told them.
  public var outputs: [TensorType]
  /// The length that a ``MeasuringLayer`` has found; nil for all other layers, and where types are
  /// asked for without an input.
  public var measuredLength: Int?

  /// A call with the given inputs and arguments.
  public init(
    inputs: [TensorType], keywords: [String: Int] = [:], arguments: [String: JSONValue] = [:],
    outputs: [TensorType] = []
  ) {
    self.inputs = inputs
    self.keywords = keywords
    self.arguments = arguments
    self.outputs = outputs
  }

  /// The number of inputs given by position.
  public var positionalCount: Int { inputs.count - keywords.count }

  /// The shape of the only input; an error where the call has another number of inputs.
  public func onlyShape() throws(LayerError) -> Shape {
    guard inputs.count - keywords.count == 1 else {
      throw LayerError("expected 1 input, found \(positionalCount)")
    }
    return inputs[0].shape
  }

  /// The shape of the only input, whose rank must be one of `ranks`.
  public func onlyShape(rank ranks: Int...) throws(LayerError) -> Shape {
    let shape = try onlyShape()
    guard ranks.contains(shape.rank) else {
      let expected = ranks.map(String.init).joined(separator: " or ")
      throw LayerError("expected an input of rank \(expected), found shape \(shape)")
    }
    return shape
  }

  /// Whether NumPy's broadcasting puts no input's batch against another axis of another one.
  var broadcastsByItem: Bool { Set(inputs.map(\.shape.rank).filter { $0 > 0 }).count <= 1 }

  /// Whether none of some axes of the first input is the batch.
  func leavesBatch(_ axes: [Int]) -> Bool {
    let shape = inputs.first?.shape
    return axes.allSatisfy { shape?.normalizedAxis($0) != 0 }
  }
}
