import ModelFormat
import Tensors

/// Fourier transforms along the last axes; complex numbers are two tensors, real and imaginary.
extension ArrayOperation {
  static let spectra: [String: Rule] = [
    "ops.FFT": complex { x in transformed(x, along: -1) },
    "ops.FFT2": complex { x in transformed(x, along: -1, -2) },
    "ops.FFT3": complex { x in transformed(x, along: -1, -2, -3) },
    "ops.IFFT": complex { x in transformed(x, along: -1, isInverse: true) },
    "ops.IFFT2": complex { x in transformed(x, along: -1, -2, isInverse: true) },
    "ops.IFFT3": complex { x in transformed(x, along: -1, -2, -3, isInverse: true) },
    "ops.IRFFT": signals(rank: 1), "ops.IRFFT2": signals(rank: 2), "ops.IRFFT3": signals(rank: 3),
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
    "ops.RFFT": halfSpectra(rank: 1), "ops.RFFT2": halfSpectra(rank: 2),
    "ops.RFFT3": halfSpectra(rank: 3),
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
        return halfSpectra(of: NumberArray(shape, pieces), count: frames.length)
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

  /// The first halves along the last axis of the spectra of real numbers along the last axes.
  private static func halfSpectra(rank: Int) -> Rule {
    Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        var sizes = try lengths(call, rank, call.shapes[0].dimensions)
        sizes[rank - 1] = sizes[rank - 1] / 2 + 1
        let shape = Shape(call.shapes[0].dimensions.dropLast(rank) + sizes)
        return [TensorType(shape), TensorType(shape)]
      },
      { call, x in
        guard let sizes = try? lengths(call, rank, x[0].shape.dimensions) else { return [] }
        let half = halfSpectra(
          of: resized(x[0], Array(sizes.dropLast()) + [x[0].shape[-1]]), count: sizes[rank - 1])
        return (1..<rank).reduce(half) { transformed($0, along: -1 - $1) }
      })
  }

  /// The first halves of the spectra of the rows of real numbers, cut off or filled up with zeros.
  static func halfSpectra(of x: NumberArray, count: Int) -> [NumberArray] {
    let padded = resized(x, [count])
    let both = [padded, NumberArray(padded.shape, repeating: 0)]
    var half = transformed(both, along: -1).map { part in
      part.mapRows { Array($0.prefix(count / 2 + 1)) }
    }
    // What has no partner is real, and its zero has no sign.
    half[1] = half[1].mapRows { row in
      row.enumerated().map { bin, value in
        bin == 0 || count % 2 == 0 && bin == count / 2 ? 0 : value
      }
    }
    return half
  }

  /// The real numbers whose spectra along the last axes have the given first halves.
  private static func signals(rank: Int) -> Rule {
    @Sendable func sizes(_ call: ArrayCall, _ shape: Shape) throws(LayerError) -> [Int] {
      var whole = shape.dimensions
      if let last = whole.last { whole[whole.count - 1] = 2 * (last - 1) }
      return try lengths(call, rank, whole)
    }
    return Rule(
      { call throws(LayerError) in
        let shape = try parts(call)
        return [TensorType(Shape(shape.dimensions.dropLast(rank) + (try sizes(call, shape))))]
      },
      { call, x in
        guard let sizes = try? sizes(call, x[0].shape) else { return [] }
        let bins = sizes.dropLast() + [x[0].shape[-1]]
        let whole = (1..<rank).reduce(x.map { resized($0, Array(bins)) }) {
          transformed($0, along: -1 - $1, isInverse: true)
        }
        return [inverse(whole, count: sizes[rank - 1])]
      })
  }

  /// The sizes of the last axes that the option `fft_length` tells, or those given.
  private static func lengths(
    _ call: ArrayCall, _ rank: Int, _ whole: [Int]
  ) throws(LayerError) -> [Int] {
    let sizes = call.options.ints("fft_length") ?? Array(whole.suffix(rank))
    guard sizes.count == rank, whole.count >= rank, sizes.allSatisfy((1...(1 << 24)).contains),
      let count = Shape(sizes).elementCount(atMost: 1 << 28), count > 0
    else { throw LayerError("expected \(rank) lengths of signals, found \(sizes)") }
    return sizes
  }

  /// Numbers of which the last axes have other sizes: cut off, or zeros behind them.
  private static func resized(_ x: NumberArray, _ sizes: [Int]) -> NumberArray {
    var result = x
    for (place, size) in sizes.enumerated() {
      let axis = x.shape.rank - sizes.count + place
      guard result.shape[axis] != size else { continue }
      result = result.withLast(axis).mapRows { row in
        Array(row.prefix(size)) + [Double](repeating: 0, count: max(0, size - row.count))
      }.withLastMoved(to: axis)
    }
    return result
  }

  /// The transform of complex numbers along axes.
  private static func transformed(
    _ x: [NumberArray], along axes: Int..., isInverse: Bool = false
  ) -> [NumberArray] {
    axes.reduce(x) { transformed($0, $1, isInverse) }
  }

  private static func transformed(
    _ x: [NumberArray], _ axis: Int, _ isInverse: Bool
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
  static func inverse(_ x: [NumberArray], count: Int) -> NumberArray {
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
