import Tensors

/// What every cell on vectors has: a kernel for the input, one for the state, and a bias.
///
/// Weights: kernel (F, G·U), recurrent_kernel (U, G·U), bias (G·U), for U units and G gates.
struct RecurrentWeights: Sendable {
  let units: Int
  let gates: Int
  let kernel: Tensor
  let recurrentKernel: Tensor
  /// The bias; with another bias for the state behind it where there are two.
  let bias: Tensor?

  init(_ reader: inout LayerReader, gates: Int, hasStateBias: Bool = false) {
    units = reader.int("units", in: 1...(LayerReader.largestSize / gates))
    self.gates = gates
    let width = gates * units
    kernel = reader.weight("kernel", [nil, width])
    recurrentKernel = reader.weight("recurrent_kernel", [units, width])
    bias =
      reader.bool("use_bias", default: true)
      ? reader.weight("bias", hasStateBias ? [2, width] : [width]) : nil
  }

  /// The numbers of a projection.
  var width: Int { gates * units }

  /// The multiplications with an addition of one step of one item.
  var multiplyAdds: Int { (kernel.shape[0] + units) * width }

  func check(_ input: Shape) throws(LayerError) {
    guard input.rank == 1, input[0] == kernel.shape[0] else {
      throw LayerError(
        "expected time steps of \(kernel.shape[0]) features for its kernel, found shape \(input)")
    }
  }
}
