import Foundation
import Tensors
import Testing

@Suite struct ActivationTests {
  static let inputs: [Float] = {
    var numbers = Numbers(seed: 1)
    return numbers.floats(200, in: -8...8) + numbers.floats(60, in: -110...110)
      + [0, -0.0, 1, -1, 0.5, -0.5, 3, -3, 6, 1e-10, -1e-10, 0.3, 1.5, 88, -88, 17]
  }()

  private func apply(_ f: Activation, _ x: [Float], _ kernels: CPUKernels) -> [Float] {
    [Float](unsafeUninitializedCapacity: x.count) { buffer, count in
      if let start = buffer.baseAddress { kernels.activate(f, count: x.count, x, into: start) }
      count = x.count
    }
  }

  @Test(arguments: CPUKernels.available)
  func everyFunctionFollowsItsFormula(kernels: CPUKernels) {
    for f in Formulas.all {
      let results = apply(f, Self.inputs, kernels)
      for (x, y) in zip(Self.inputs, results) {
        let expected = Formulas.value(f, Double(x))
        if expected.isNaN {
          #expect(y.isNaN, "\(f) of \(x)")
        } else if abs(expected) > 3.4e38 {
          #expect(Double(y) == (expected > 0 ? .infinity : -.infinity), "\(f) of \(x)")
        } else {
          let allowed = 4e-7 * max(abs(expected), Double(abs(x))) + 1.2e-38
          #expect(abs(Double(y) - expected) <= allowed, "\(f) of \(x): \(y), not \(expected)")
        }
      }
    }
  }

  @Test(arguments: CPUKernels.available)
  func everyFunctionButThresholdsPassesNaNOn(kernels: CPUKernels) {
    for f in Formulas.all {
      let passes = ![.hardShrink, .softShrink, .threshold].contains(f.kind)
      #expect(apply(f, [.nan, 1, .nan], kernels).map(\.isNaN) == [passes, false, passes], "\(f)")
    }
  }

  @Test(arguments: CPUKernels.available)
  func everyFunctionTakesInfinitiesAsItsFormulaDoes(kernels: CPUKernels) {
    for f in Formulas.all {
      for (x, y) in zip([-Float.infinity, .infinity], apply(f, [-.infinity, .infinity], kernels)) {
        let expected = Float(Formulas.value(f, Double(x)))
        // tanh(softplus(-inf)) and its like are 0 times infinity in any precision.
        #expect(y == expected || y.isNaN && expected.isNaN, "\(f) of \(x): \(y), not \(expected)")
      }
    }
  }

  @Test(arguments: CPUKernels.available)
  func everyLengthIsHandledInPlace(kernels: CPUKernels) {
    for count in 0...35 {
      var values = Array(Self.inputs.prefix(count)) + [42]
      values.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        kernels.activate(.relu(), count: count, start, into: start)
      }
      #expect(values == Self.inputs.prefix(count).map { max($0, 0) } + [42])
    }
  }

  @Test(arguments: CPUKernels.available)
  func elementaryFunctionsAreWithinTwoUnitsInTheLastPlace(kernels: CPUKernels) {
    let ranges: [(Activation.Kind, ClosedRange<Float>)] = [
      (.exp, -87...88.7), (.expm1, -20...88.7), (.expm1, -1...1), (.log, 1e-37...1e38),
      (.log, 0.3...3), (.log1p, -0.999...10), (.tanh, -10...10), (.tanh, -1...1),
      (.sigmoid, -87...20), (.sigmoid, -4...4), (.erf, -4.5...4.5), (.erf, -1.2...1.2),
      (.gelu, 0...8),
    ]
    var numbers = Numbers(seed: 2)
    for (kind, range) in ranges {
      guard let f = Activation(plain: kind) else { continue }
      var inputs = numbers.floats(2000, in: range)
      // Small numbers, where the result is about as small as they are.
      inputs += inputs.map { $0 * 1e-3 }.filter(range.contains)
      inputs += inputs.prefix(500).map { $0 * 1e-9 }.filter(range.contains)
      var worst = (steps: 0, at: Float(0))
      for (x, y) in zip(inputs, apply(f, inputs, kernels)) {
        let distance = steps(y, Float(Formulas.value(f, Double(x))))
        if distance > worst.steps { worst = (distance, x) }
      }
      #expect(worst.steps <= 2, "\(kind) is \(worst.steps) off at \(worst.at)")
    }
  }

  /// Where 1 + erf would have lost them.
  @Test(arguments: CPUKernels.available)
  func geluKeepsItsDigitsBelowZero(kernels: CPUKernels) throws {
    let gelu = try #require(Activation(plain: .gelu))
    var numbers = Numbers(seed: 3)
    let inputs = numbers.floats(2000, in: -5...0)
    for (x, y) in zip(inputs, apply(gelu, inputs, kernels)) {
      let expected = Double(x) / 2 * erfc(-Double(x) / 2.0.squareRoot())
      #expect(abs(Double(y) - expected) <= 5e-6 * abs(expected), "\(x): \(y), not \(expected)")
    }
  }

  @Test func aKindWithParametersIsNotPlain() {
    #expect(Activation(plain: .elu) == nil)
    #expect(Activation(plain: .gelu)?.kind == .gelu)
  }
}
