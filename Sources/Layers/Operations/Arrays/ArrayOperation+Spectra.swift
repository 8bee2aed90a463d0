import ModelFormat
import Tensors

/// Fourier transforms along the last axes; complex numbers are two tensors, real and imaginary.
extension ArrayOperation {
  static let spectra: [String: Rule] = [
    "ops.FFT": complex { x in transformed(x, along: -1) },
    "ops.FFT2": complex { x in transformed(transformed(x, along: -1), along: -2) },
    "ops.IFFT2": complex { x in
      transformed(transformed(x, along: -1, isInverse: true), along: -2, isInverse: true)
    },
    "ops.IRFFT": Rule(
      { call throws(LayerError) in
        var shape = try parts(call)
        shape[-1] = call.options["fft_length"]?.int ?? 2 * (shape[-1] - 1)
        guard (1...(1 << 24)).contains(shape[-1]) else { throw LayerError("expected a length") }
        return [TensorType(shape)]
      },
      { call, x in
        let count = call.options["fft_length"]?.int ?? 2 * (x[0].shape[-1] - 1)
        return [inverse(x, count: count)]
      }),
    "ops.ISTFT": Rule(
      { call throws(LayerError) in
        let shape = try parts(call)
        let frames = try SignalFrames(call, isInverse: true)
        guard shape.rank >= 2, shape[-1] == frames.length / 2 + 1 else {
          throw LayerError(
            "expected \(frames.length / 2 + 1) frequencies of each frame, found \(shape)")
        }
        let count = frames.range(of: shape[-2], call.options["length"]?.int).count
        return [TensorType(Shape(shape.dimensions.dropLast(2) + [count]))]
      },
      { call, x in
        guard let frames = try? SignalFrames(call, isInverse: true) else { return [] }
        return [signal(inverse(x, count: frames.length), frames, call.options["length"]?.int)]
      }),
    "ops.RFFT": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        guard call.shapes[0].rank > 0 else { throw LayerError("expected signals") }
        var shape = call.shapes[0]
        let count = call.options.int("fft_length", shape[-1])
        guard (1...(1 << 24)).contains(count) else { throw LayerError("expected a length") }
        shape[-1] = count / 2 + 1
        return [TensorType(shape), TensorType(shape)]
      },
      { call, x in
        let count = call.options.int("fft_length", x[0].shape[-1])
        let padded = x[0].mapRows { row in
          Array(row.prefix(count)) + [Double](repeating: 0, count: max(0, count - row.count))
        }
        let both = transformed(
          [padded, NumberArray(padded.shape, repeating: 0)], along: -1)
        return both.map { part in part.mapRows { Array($0.prefix(count / 2 + 1)) } }
      }),
    "ops.STFT": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let frames = try SignalFrames(call)
        let count = try frames.count(in: call.shapes[0])
        let shape = Shape(call.shapes[0].dimensions.dropLast() + [count, frames.length / 2 + 1])
        return [TensorType(shape), TensorType(shape)]
      },
      { call, x in
        guard let frames = try? SignalFrames(call), let count = try? frames.count(in: x[0].shape)
        else { return [] }
        let pieces = x[0].rows.flatMap { row in
          (0..<count).flatMap { frame in
            (0..<frames.length).map { place in
              row[row.startIndex + frames.sample(place, of: frame, in: row.count)]
                * frames.window[place]
            }
          }
        }
        let shape = Shape(x[0].shape.dimensions.dropLast() + [count, frames.length])
        let both = transformed(
          [NumberArray(shape, pieces), NumberArray(shape, repeating: 0)], along: -1)
        return both.map { part in part.mapRows { Array($0.prefix(frames.length / 2 + 1)) } }
      }),
  ]

  /// An operation of complex numbers that gives as many.
  private static func complex(
    _ function: @escaping @Sendable ([NumberArray]) -> [NumberArray]
  ) -> Rule {
    Rule(
      { call throws(LayerError) in
        let shape = try parts(call)
        return [TensorType(shape), TensorType(shape)]
      }, { _, x in function(x) })
  }

  private static func parts(_ call: ArrayCall) throws(LayerError) -> Shape {
    let (real, imaginary) = try pair(call)
    guard real == imaginary, real.rank > 0 else {
      throw LayerError("expected real and imaginary parts of one shape, found \(call.shapes)")
    }
    return real
  }

  /// The transform of complex numbers along an axis.
  private static func transformed(
    _ x: [NumberArray], along axis: Int, isInverse: Bool = false
  ) -> [NumberArray] {
    var (real, imaginary) = (x[0].withLast(axis), x[1].withLast(axis))
    let width = real.shape[-1]
    guard width > 0 else { return x }
    let transform = FourierTransform(count: width)
    var scratch = [Double](repeating: 0, count: transform.scratchCount + 1)
    let count = real.elements.count
    real.elements.withUnsafeMutableBufferPointer { real in
      imaginary.elements.withUnsafeMutableBufferPointer { imaginary in
        scratch.withUnsafeMutableBufferPointer { scratch in
          guard let real = real.baseAddress, let imaginary = imaginary.baseAddress,
            let scratch = scratch.baseAddress
          else { return }
          for start in stride(from: 0, to: count, by: width) {
            transform.run(
              (real + start, imaginary + start), isInverse: isInverse, scratch: scratch)
          }
        }
      }
    }
    return [real.withLastMoved(to: axis), imaginary.withLastMoved(to: axis)]
  }

  /// The real signals of `count` numbers whose spectra have the given first halves.
  private static func inverse(_ x: [NumberArray], count: Int) -> NumberArray {
    func whole(_ part: NumberArray, sign: Double) -> NumberArray {
      part.mapRows { row in
        let row = Array(row)
        return (0..<count).map { bin in
          if bin <= count / 2 { return bin < row.count ? row[bin] : 0 }
          return count - bin < row.count ? sign * row[count - bin] : 0
        }
      }
    }
    var imaginary = whole(x[1], sign: -1)
    // What has no partner counts as real.
    imaginary = imaginary.mapRows { row in
      row.enumerated().map { bin, value in
        bin == 0 || count % 2 == 0 && bin == count / 2 ? 0 : value
      }
    }
    return transformed([whole(x[0], sign: 1), imaginary], along: -1, isInverse: true)[0]
  }

  /// The signal of which frames are pieces, which overlap.
  private static func signal(
    _ pieces: NumberArray, _ frames: SignalFrames, _ length: Int?
  ) -> NumberArray {
    let count = pieces.shape[-2]
    let range = frames.range(of: count, length)
    let lead = pieces.shape.dimensions.dropLast(2)
    let rows = pieces.rows
    var elements: [Double] = []
    for item in 0..<lead.reduce(1, *) {
      var whole = [Double](
        repeating: 0, count: max(frames.length + frames.stride * (count - 1), range.upperBound))
      for frame in 0..<count {
        for (place, value) in rows[item * count + frame].enumerated() {
          whole[frame * frames.stride + place] += value * frames.window[place]
        }
      }
      elements += whole[range]
    }
    return NumberArray(Shape(lead + [range.count]), elements)
  }
}
