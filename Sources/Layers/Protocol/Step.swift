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
}
