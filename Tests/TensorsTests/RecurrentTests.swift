import Foundation
import Tensors
import Testing

/// One step of each cell against its formula, for the usual activations and for others.
@Suite struct RecurrentTests {
  struct Functions: Sendable, CustomStringConvertible {
    let activation: Activation
    let recurrent: Activation
    var description: String { "\(activation.kind), \(recurrent.kind)" }

    func f(_ x: Double) -> Double { Formulas.value(activation, x) }
    func g(_ x: Double) -> Double { Formulas.value(recurrent, x) }
  }

  static let functions = [
    Functions(activation: .tanh, recurrent: .sigmoid),
    Functions(activation: .relu(), recurrent: .sigmoid),
    Functions(activation: .elu(alpha: 1), recurrent: .tanh),
  ]
  static let units = [1, 8, 21]

  @Test(arguments: CPUKernels.available, functions)
  func anLSTMStepIsRight(kernels: CPUKernels, functions: Functions) {
    for u in Self.units {
      let (batch, zStride, hStride) = (3, 4 * u + 2, u + 1)
      var numbers = Numbers(seed: UInt64(u))
      let z = numbers.floats(batch * zStride, in: -3...3)
      var (zScratch, c) = (z, numbers.floats(batch * u))
      let state = c
      var h = [Float](repeating: 5, count: batch * hStride)
      kernels.lstmCell(
        batch: batch, units: u, z: &zScratch, zStride: zStride, c: &c, cStride: u, h: &h,
        hStride: hStride, activation: functions.activation,
        recurrentActivation: functions.recurrent)
      var (expectedC, expectedH) = (c.map(Double.init), [Double](repeating: 5, count: h.count))
      for b in 0..<batch {
        for i in 0..<u {
          let gate = { Double(z[b * zStride + $0 * u + i]) }
          let next =
            functions.g(gate(1)) * Double(state[b * u + i])
            + functions.g(gate(0)) * functions.f(gate(2))
          expectedC[b * u + i] = next
          expectedH[b * hStride + i] = functions.g(gate(3)) * functions.f(next)
        }
      }
      #expect(farthest(c, expectedC) < 1e-6)
      #expect(farthest(h, expectedH) < 1e-6)
    }
  }

  @Test(arguments: CPUKernels.available, functions)
  func aGRUStepThatResetsAfterTheProductIsRight(kernels: CPUKernels, functions: Functions) {
    for u in Self.units {
      let (batch, stride) = (2, 3 * u + 1)
      var numbers = Numbers(seed: UInt64(u))
      let x = numbers.floats(batch * stride, in: -2...2)
      let s = numbers.floats(batch * stride, in: -2...2)
      let h = numbers.floats(batch * u)
      var (scratch, out) = (s, [Float](repeating: .nan, count: batch * u))
      kernels.gruCell(
        batch: batch, units: u, x: x, xStride: stride, s: &scratch, sStride: stride, h: h,
        hStride: u, out: &out, outStride: u, activation: functions.activation,
        recurrentActivation: functions.recurrent)
      let expected = (0..<batch * u).map { place in
        let (b, i) = (place / u, place % u)
        let gate = { (Double(x[b * stride + $0 * u + i]), Double(s[b * stride + $0 * u + i])) }
        let update = functions.g(gate(0).0 + gate(0).1)
        let reset = functions.g(gate(1).0 + gate(1).1)
        let candidate = functions.f(gate(2).0 + reset * gate(2).1)
        return update * Double(h[place]) + (1 - update) * candidate
      }
      #expect(farthest(out, expected) < 1e-6)
    }
  }

  @Test(arguments: CPUKernels.available, functions)
  func aGRUStepThatResetsBeforeTheProductIsRight(kernels: CPUKernels, functions: Functions) {
    let (batch, u) = (2, 11)
    var numbers = Numbers(seed: 14)
    let gates = numbers.floats(batch * 2 * u, in: -2...2)
    let candidate = numbers.floats(batch * u, in: -2...2)
    let h = numbers.floats(batch * u)
    var (active, reset, scratch) = (gates, h, candidate)
    kernels.gruReset(
      batch: batch, units: u, gates: &active, gatesStride: 2 * u, h: h, hStride: u, reset: &reset,
      resetStride: u, recurrentActivation: functions.recurrent)
    var out = h
    out.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      kernels.gruUpdate(
        batch: batch, units: u, gates: active, gatesStride: 2 * u, candidate: &scratch,
        candidateStride: u, h: base, hStride: u, out: base, outStride: u,
        activation: functions.activation)
    }
    var (expectedReset, expected) = ([Double](), [Double]())
    for place in 0..<batch * u {
      let (b, i) = (place / u, place % u)
      let update = functions.g(Double(gates[b * 2 * u + i]))
      expectedReset.append(functions.g(Double(gates[b * 2 * u + u + i])) * Double(h[place]))
      expected.append(
        update * Double(h[place]) + (1 - update) * functions.f(Double(candidate[place])))
    }
    #expect(farthest(reset, expectedReset) < 1e-6)
    #expect(farthest(out, expected) < 1e-6)
  }
}
