import Tensors

/// A bias that goes along axis 1 of what an attention projects, and not to the heads: what Keras 3.7
/// and later make on TensorFlow of the biases of heads of size 1 where that axis is as long.
struct RowBias: Sendable {
  private let bias: Tensor
  /// The rows from one place of axis 1 to the next.
  private let stride: Int

  /// The bias of a product whose rows are those of an input; nil where it goes to the columns.
  init?(_ bias: Tensor?, of input: Shape, _ axes: AttentionAxes) {
    let lead = Array(input.dimensions.dropLast())
    guard let bias, let fitted = bias.shape.asBias(of: Shape(lead + bias.shape.dimensions)),
      fitted.rank > 1
    else { return nil }
    self.bias = bias
    stride = axes.order.dropLast().drop { $0 != 1 }.dropFirst().reduce(1) { $0 * input[$1] }
  }

  /// Adds the bias to rows of `width` numbers, which begin `rowStride` apart.
  func add(
    to values: UnsafeMutablePointer<Float>, rows: Int, width: Int, rowStride: Int,
    _ rounding: Rounding?
  ) {
    guard let numbers = bias.firstNumber, stride > 0 else { return }
    for row in 0..<rows {
      let (start, number) = (
        values + row * rowStride, numbers[row / stride % bias.shape.elementCount]
      )
      for column in 0..<width {
        let sum = start[column] + number
        start[column] = rounding.map { $0(sum) } ?? sum
      }
    }
  }
}
