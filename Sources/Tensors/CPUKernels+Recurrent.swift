import CKernels

/// The elementwise part of recurrent steps, after the products.
extension CPUKernels {
  /// One LSTM step: c = f c + i activation(z_c), h = o activation(c).
  ///
  /// z [batch][4 units], gates in the order i, f, c, o and not yet activated, is overwritten.
  package func lstmCell(
    batch: Int, units: Int, z: UnsafeMutablePointer<Float>, zStride: Int,
    c: UnsafeMutablePointer<Float>, cStride: Int, h: UnsafeMutablePointer<Float>, hStride: Int,
    activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid
  ) {
    withUnsafePointer(to: activation.c) { activation in
      withUnsafePointer(to: recurrentActivation.c) { recurrent in
        table.pointee.lstm_cell(
          batch, units, z, zStride, c, cStride, h, hStride, activation, recurrent)
      }
    }
  }

  /// One GRU step that resets after the product: out = z h + (1 - z) activation(x_h + r s_h).
  ///
  /// `x` is the input's part and `s` the state's, biases included, each [batch][3 units] in the
  /// order z, r, h; `s` is overwritten. `out` may be `h`.
  package func gruCell(
    batch: Int, units: Int, x: UnsafePointer<Float>, xStride: Int,
    s: UnsafeMutablePointer<Float>, sStride: Int, h: UnsafePointer<Float>, hStride: Int,
    out: UnsafeMutablePointer<Float>, outStride: Int, activation: Activation = .tanh,
    recurrentActivation: Activation = .sigmoid
  ) {
    withUnsafePointer(to: activation.c) { activation in
      withUnsafePointer(to: recurrentActivation.c) { recurrent in
        table.pointee.gru_cell(
          batch, units, x, xStride, s, sStride, h, hStride, out, outStride, activation, recurrent)
      }
    }
  }

  /// The first half of a GRU step that resets before the product: reset = r h.
  ///
  /// `gates` [batch][2 units] in the order z, r holds the sum of both parts and is activated in
  /// place.
  package func gruReset(
    batch: Int, units: Int, gates: UnsafeMutablePointer<Float>, gatesStride: Int,
    h: UnsafePointer<Float>, hStride: Int, reset: UnsafeMutablePointer<Float>, resetStride: Int,
    recurrentActivation: Activation = .sigmoid
  ) {
    withUnsafePointer(to: recurrentActivation.c) {
      table.pointee.gru_reset(
        batch, units, gates, gatesStride, h, hStride, reset, resetStride, $0)
    }
  }

  /// The second half: out = z h + (1 - z) activation(candidate).
  ///
  /// `gates` is what the first half left; `candidate` [batch][units] is activated in place. `out`
  /// may be `h`.
  package func gruUpdate(
    batch: Int, units: Int, gates: UnsafePointer<Float>, gatesStride: Int,
    candidate: UnsafeMutablePointer<Float>, candidateStride: Int, h: UnsafePointer<Float>,
    hStride: Int, out: UnsafeMutablePointer<Float>, outStride: Int,
    activation: Activation = .tanh
  ) {
    withUnsafePointer(to: activation.c) {
      table.pointee.gru_update(
        batch, units, gates, gatesStride, candidate, candidateStride, h, hStride, out, outStride,
        $0)
    }
  }
}
