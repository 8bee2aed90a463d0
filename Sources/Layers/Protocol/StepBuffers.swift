public import Tensors

/// The memory that a step works on, and the threads that it may use.
public struct StepBuffers {
  private let inputs: UnsafePointer<UnsafeRawPointer>
  private let outputs: UnsafePointer<UnsafeMutableRawPointer>
  /// The bytes that the step asked for.
  public let scratch: UnsafeMutableRawPointer
  /// The threads that the step may use.
  public let workers: WorkerPool
  /// Not retained: the run that makes the buffers keeps it.
  private let fault: Unmanaged<StepFault>?

  /// The buffers of one step.
  public init(
    inputs: UnsafePointer<UnsafeRawPointer>, outputs: UnsafePointer<UnsafeMutableRawPointer>,
    scratch: UnsafeMutableRawPointer, workers: WorkerPool, fault: StepFault? = nil
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.scratch = scratch
    self.workers = workers
    self.fault = fault.map(Unmanaged.passUnretained)
  }

  /// Makes the prediction fail, because an input holds what the layer cannot compute with.
  ///
  /// - Parameter reason: What was expected and what was found, without the layer's name.
  public func fail(_ reason: @autoclosure () -> String) {
    fault?.takeUnretainedValue().note(reason())
  }

  /// The elements of an input.
  public func input<Element: TensorElement>(
    _ index: Int, as element: Element.Type = Float.self
  ) -> UnsafePointer<Element> {
    inputs[index].assumingMemoryBound(to: Element.self)
  }

  /// The elements of an output.
  public func output<Element: TensorElement>(
    _ index: Int = 0, as element: Element.Type = Float.self
  ) -> UnsafeMutablePointer<Element> {
    outputs[index].assumingMemoryBound(to: Element.self)
  }

  /// The bytes of an input.
  public func inputBytes(_ index: Int) -> UnsafeRawPointer { inputs[index] }

  /// The bytes of an output.
  public func outputBytes(_ index: Int = 0) -> UnsafeMutableRawPointer { outputs[index] }

  /// The scratch memory as numbers, from the given element on.
  public func scratch(from element: Int = 0) -> UnsafeMutablePointer<Float> {
    scratch.assumingMemoryBound(to: Float.self) + element
  }
}
