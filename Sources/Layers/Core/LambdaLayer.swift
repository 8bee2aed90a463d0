public import Tensors

/// What an application does in place of a `Lambda`, whose Python code is never run.
///
/// ```swift
/// let catalog = LayerCatalog.standard.adding(
///   lambda: "to_unit_range", LambdaFunction { call in
///     for index in call.output.indices { call.output[index] = call.inputs[0][index] / 255 }
///   })
/// let model = try Model(contents, catalog: catalog)
/// ```
public struct LambdaFunction: Sendable {
  /// The numbers that a call works on.
  public struct Call {
    /// The inputs' numbers, row-major.
    public let inputs: [UnsafeBufferPointer<Float>]
    /// The inputs' shapes, the batch on the first axis.
    public let shapes: [Shape]
    /// Where every number of the output is to be written.
    public let output: UnsafeMutableBufferPointer<Float>
  }

  let outputShape: @Sendable ([Shape]) -> Shape
  let body: @Sendable (Call) -> Void

  /// A function of the layer's inputs.
  ///
  /// - Parameters:
  ///   - outputShape: The output's shape for inputs of some shapes, by default the first one's.
  ///   - body: Writes the output; may be called from several threads at once.
  public init(
    outputShape: (@Sendable ([Shape]) -> Shape)? = nil, _ body: @escaping @Sendable (Call) -> Void
  ) {
    self.outputShape = outputShape ?? { $0.first ?? [] }
    self.body = body
  }
}

/// A `Lambda` that an application has told what to do.
struct LambdaLayer: Layer {
  static let classNames: [String] = []
  static let keywords: Set<String> = ["mask"]

  private let function: LambdaFunction

  /// The function may mix the items of a batch.
  var isBatchIndependent: Bool { false }

  init(_ function: LambdaFunction) {
    self.function = function
  }

  init(_ reader: inout LayerReader) {
    self.init(LambdaFunction { _ in })
    reader.refuse(nil, "a Lambda holds Python code, which is never run")
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(function.outputShape(call.inputs.prefix(call.positionalCount).map(\.shape)))]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shapes = call.inputs.prefix(call.positionalCount).map(\.shape)
    let (body, count) = (function.body, call.outputs[0].shape.elementCount)
    return .run { buffers in
      let inputs = shapes.enumerated().map { index, shape in
        UnsafeBufferPointer(start: buffers.input(index), count: shape.elementCount)
      }
      body(
        LambdaFunction.Call(
          inputs: inputs, shapes: shapes,
          output: UnsafeMutableBufferPointer(start: buffers.output(), count: count)))
    }
  }
}
