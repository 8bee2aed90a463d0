import Inference
import ModelFormat
import Tensors

/// Inputs to measure a model with: the same numbers at every run.
enum MadeUpInputs {
  /// The most numbers that all inputs may have: 512 MiB of single precision.
  private static let mostNumbers = 1 << 27

  /// A batch for each of the model's inputs.
  ///
  /// - Throws: ``PredictionError`` where the inputs have more numbers than are made up.
  static func make(for model: Model, batch: Int) throws(PredictionError) -> [Tensor] {
    let openSize = model.summary().openAxisSize ?? 1
    var inputs: [Tensor] = []
    var left = mostNumbers
    for port in model.inputs {
      let shape = Shape([batch] + port.shape.dropFirst().map { $0 ?? openSize })
      guard let count = shape.elementCount(atMost: left) else {
        throw .problem(
          ModelProblem(
            .invalid, layer: port.name,
            reason: "expected at most \(left) numbers to make up, found shape \(shape)"))
      }
      left -= count
      inputs.append(input(shape, port.elementType))
    }
    return inputs
  }

  /// Numbers from 0 to 1, which are zeros where the model takes whole numbers.
  private static func input(_ shape: Shape, _ elementType: ElementType) -> Tensor {
    guard elementType.isFloatingPoint else {
      return Tensor(zeros: TensorType(shape, elementType))
    }
    var state: UInt32 = 1
    return Tensor(shape, Float.self) { buffer in
      for index in buffer.indices {
        state = state &* 1_664_525 &+ 1_013_904_223
        buffer.initializeElement(at: index, to: Float(state >> 8) / Float(1 << 24))
      }
    }
  }
}
