import Inference
import Tensors

/// Inputs to measure a model with: the same numbers at every run.
enum MadeUpInputs {
  /// A batch for each of the model's inputs.
  static func make(for model: Model, batch: Int) -> [Tensor] {
    let openSize = model.summary().openAxisSize ?? 1
    return model.inputs.map { input($0, batch: batch, openSize: openSize) }
  }

  /// A batch of numbers from 0 to 1, which are zeros where the model takes whole numbers.
  private static func input(_ port: ModelPort, batch: Int, openSize: Int) -> Tensor {
    let sizes = [batch] + port.shape.dropFirst().map { $0 ?? openSize }
    guard port.elementType.isFloatingPoint else {
      return Tensor(zeros: TensorType(Shape(sizes), port.elementType))
    }
    var state: UInt32 = 1
    return Tensor(Shape(sizes), Float.self) { buffer in
      for index in buffer.indices {
        state = state &* 1_664_525 &+ 1_013_904_223
        buffer.initializeElement(at: index, to: Float(state >> 8) / Float(1 << 24))
      }
    }
  }
}
