public import Tensors

/// A layer of a model: an immutable value that knows its options and weights, the types of its
/// outputs, and how it runs.
///
/// A layer is made once for a model, however often it is called. It reads its options and weights
/// through a ``LayerReader``, which collects whatever is wrong with them. For every set of input
/// shapes the runtime asks for the ``outputTypes(for:)`` and then for one ``Step``, ahead of
/// running.
public protocol Layer: Sendable {
  /// The Keras class names that this type stands for.
  static var classNames: [String] { get }

  /// The names of tensors that a call may pass by keyword: `mask`.
  static var keywords: Set<String> { get }

  /// The names of other arguments that change what a call computes.
  static var arguments: Set<String> { get }

  /// The element types that inputs may have; numbers of others are converted to the first numeric
  /// one of these. None stands for all numbers; strings are taken by those layers that name them.
  static var elementTypes: [ElementType] { get }

  /// The same for inputs of the given types, where it depends on them.
  static func elementTypes(for inputs: [ElementType]) -> [ElementType]

  /// Whether a policy of 16 bits has the inputs rounded before the layer sees them.
  var castsInputs: Bool { get }

  /// Whether the layer makes numbers of its policy's type of whole ones, too; a policy casts
  /// floating-point inputs alone.
  var convertsWholeNumbers: Bool { get }

  /// What becomes of the outputs where the first input holds no floating-point numbers.
  var outputFit: OutputFit { get }

  /// Whether each item of a batch is computed by itself, so that a batch may be cut.
  var isBatchIndependent: Bool { get }

  /// The same of one call, where that depends on the ranks of its inputs.
  func isBatchIndependent(for call: LayerCall) -> Bool

  /// Reads options and weights.
  ///
  /// The reader gives placeholders for what is missing or wrong, so no initialiser fails; a layer
  /// whose reader has found problems is never run.
  init(_ reader: inout LayerReader)

  /// The types of the outputs of a call.
  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType]

  /// How a call runs. Weights are handed to kernels here, once, through ``PlanContext/shared(_:_:)``.
  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step

  /// The multiplications with an addition that a call takes.
  func multiplyAdds(for call: LayerCall) -> Int
}

extension Layer {
  /// None: the layer takes its tensors by position.
  public static var keywords: Set<String> { [] }
  /// None: the layer is always called alike.
  public static var arguments: Set<String> { [] }
  /// Single precision alone.
  public static var elementTypes: [ElementType] { [.float32] }
  /// What the layer takes in all cases.
  public static func elementTypes(for inputs: [ElementType]) -> [ElementType] { elementTypes }
  /// True, as for all layers but a few.
  public var castsInputs: Bool { true }
  /// True, as for all layers with weights, and those that prepare data.
  public var convertsWholeNumbers: Bool { true }
  /// Nothing, as in all layers but a few.
  public var outputFit: OutputFit { .none }
  /// True, as for all layers but a few.
  public var isBatchIndependent: Bool { true }
  /// What the layer tells of all calls.
  public func isBatchIndependent(for call: LayerCall) -> Bool { isBatchIndependent }
  /// Zero, for layers that do no matrix work.
  public func multiplyAdds(for call: LayerCall) -> Int { 0 }
}
