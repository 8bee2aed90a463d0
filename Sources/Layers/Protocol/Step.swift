package import Tensors

/// One step of a plan: how a call of a layer runs, for inputs of known types.
public struct Step: Sendable {
  /// What the step does.
  public enum Action: Sendable {
    /// Nothing: every output is the first input's bytes under another shape.
    case view
    /// Computes the outputs from the inputs, with `scratchBytes` of memory to work in.
    case run(scratchBytes: Int, body: @Sendable (StepBuffers) -> Void)
  }

  /// What the step does.
  public let action: Action

  /// The step that hands its first input on.
  public static var view: Step { Step(action: .view) }

  /// The step that runs `body`, which writes every output in full.
  ///
  /// - Parameters:
  ///   - scratchBytes: The bytes that `body` needs to work in; they begin on a 64-byte boundary.
  ///   - body: Reads the inputs, writes the outputs, and allocates nothing.
  /// - Returns: The step.
  public static func run(
    scratchBytes: Int = 0, _ body: @escaping @Sendable (StepBuffers) -> Void
  ) -> Step {
    Step(action: .run(scratchBytes: scratchBytes, body: body))
  }

  /// The step with its outputs of the given types rounded in the end.
  package func rounded(by rounding: Rounding?, _ outputs: [TensorType]) -> Step {
    guard let rounding else { return self }
    return followed(outputs) { rounding.round($0, count: $1) }
  }

  /// The step with its outputs of the given types made to fit an input of another type.
  package func fitted(
    _ fit: OutputFit, to input: ElementType, _ outputs: [TensorType]
  ) -> Step {
    if case .none = fit { return self }
    if input.isFloatingPoint || input == .string { return self }
    return followed(outputs) { fit.apply(to: input, $0, count: $1) }
  }

  /// The step with something done in the end to all outputs of floating-point numbers.
  private func followed(
    _ outputs: [TensorType],
    by change: @escaping @Sendable (UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Step {
    guard case .run(let scratchBytes, let body) = action else { return self }
    let counts = outputs.map { $0.elementType == .float32 ? $0.shape.elementCount : 0 }
    return .run(scratchBytes: scratchBytes) { buffers in
      body(buffers)
      for (index, count) in counts.enumerated() where count > 0 {
        change(buffers.output(index), count)
      }
    }
  }
}
