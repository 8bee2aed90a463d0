import Tensors

/// c' = f(z_f) · c + f(z_i) · g(z_c); h' = f(z_o) · g(c'), where z_i, z_f, z_c and z_o lie side by
/// side in one row; f is the recurrent activation and g the activation.
struct LSTMGates: Sendable {
  let units: Int
  let activation: ActivationFunction
  let recurrentActivation: ActivationFunction
  /// What every operation's numbers are rounded to; nil in single precision.
  var rounding: Rounding?

  /// Whether both functions are of single numbers, so that units can be computed apart.
  var isElementwise: Bool {
    if case .elementwise = activation, case .elementwise = recurrentActivation {
      true
    } else {
      false
    }
  }

  /// Replaces the states of some rows; z is overwritten.
  ///
  /// Only where ``isElementwise`` may `units` be less than all.
  func combine(
    rows: Int, units: Int? = nil, z: UnsafeMutablePointer<Float>, zStride: Int,
    c: UnsafeMutablePointer<Float>, cStride: Int, h: UnsafeMutablePointer<Float>, hStride: Int
  ) {
    if let rounding {
      for row in 0..<rows {
        combineRow(rounding, z + row * zStride, c + row * cStride, h + row * hStride)
      }
      return
    }
    guard case .elementwise(let activation) = activation,
      case .elementwise(let recurrentActivation) = recurrentActivation
    else {
      for row in 0..<rows { combineRow(z + row * zStride, c + row * cStride, h + row * hStride) }
      return
    }
    CPUKernels.active.lstmCell(
      batch: rows, units: units ?? self.units, z: z, zStride: zStride, c: c, cStride: cStride, h: h,
      hStride: hStride, activation: activation, recurrentActivation: recurrentActivation)
  }

  /// The same with functions of which one is of a row as a whole, each gate being a row.
  private func combineRow(
    _ z: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>,
    _ h: UnsafeMutablePointer<Float>
  ) {
    recurrentActivation.apply(z, z, rows: 2, width: units)
    activation.apply(z + 2 * units, z + 2 * units, rows: 1, width: units)
    recurrentActivation.apply(z + 3 * units, z + 3 * units, rows: 1, width: units)
    CPUKernels.active.lstmCell(
      batch: 1, units: units, z: z, zStride: 4 * units, c: c, cStride: units, h: h,
      hStride: units, activation: .linear, recurrentActivation: .linear)
    activation.apply(c, h, rows: 1, width: units)
    CPUKernels.active.binary(.multiply, count: units, h, z + 3 * units, into: h)
  }

  private func combineRow(
    _ rounding: Rounding, _ z: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>,
    _ h: UnsafeMutablePointer<Float>
  ) {
    let (forget, candidate, output) = (z + units, z + 2 * units, z + 3 * units)
    rounding.apply(recurrentActivation, z, z, rows: 2, width: units)
    rounding.apply(activation, candidate, candidate, rows: 1, width: units)
    rounding.apply(recurrentActivation, output, output, rows: 1, width: units)
    rounding.combine(.multiply, count: units, forget, c, into: c)
    rounding.combine(.multiply, count: units, z, candidate, into: candidate)
    rounding.combine(.add, count: units, c, candidate, into: c)
    rounding.apply(activation, c, h, rows: 1, width: units)
    rounding.combine(.multiply, count: units, output, h, into: h)
  }
}
