import ModelFormat
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// TensorFlow's functions of signals: `tf.signal`.
extension ArrayOperation {
  static let signals: [String: Rule] = [
    "ops.DCT": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let type = call.options.int("type", 2)
        guard let last = call.shapes[0].dimensions.last, (1...4).contains(type) else {
          throw LayerError("expected signals and a type from 1 to 4, found type \(type)")
        }
        let count = call.options.int("n", last)
        guard ((type == 1 ? 2 : 1)...(1 << 24)).contains(count) else {
          throw LayerError("expected a number of samples, found \(count)")
        }
        return [TensorType(Shape(call.shapes[0].dimensions.dropLast() + [count]))]
      }, cosines),
    "ops.FFTShift": shifting { $0 / 2 },
    "ops.IFFTShift": shifting { $0 - $0 / 2 },
    "ops.InverseSignalSTFT": Rule(
      { call throws(LayerError) in
        let (real, imaginary) = try pair(call)
        let frames = try SignalCut(call)
        guard real == imaginary, real.rank >= 2, real[-2] > 0 else {
          throw LayerError("expected spectra of frames, found \(call.shapes)")
        }
        return [TensorType(Shape(real.dimensions.dropLast(2) + [frames.samples(of: real[-2])]))]
      },
      { call, x in
        guard let frames = try? SignalCut(call) else { return [] }
        let pieces = inverse(x, count: frames.transformLength).mapRows { row in
          frames.window.indices.map { place in
            place < row.count ? row[row.startIndex + place] * frames.window[place] : 0
          }
        }
        return [frames.joined(pieces)]
      }),
    "ops.OverlapAndAdd": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let shape = call.shapes[0]
        guard shape.rank >= 2, shape[-2] > 0 else {
          throw LayerError("expected frames of signals, found shape \(shape)")
        }
        let frames = try SignalCut(call, length: shape[-1])
        return [
          TensorType(
            Shape(shape.dimensions.dropLast(2) + [frames.samples(of: shape[-2])]),
            call.operands[0].type.elementType)
        ]
      },
      { call, x in
        guard let frames = try? SignalCut(call, length: x[0].shape[-1]) else { return [] }
        return [frames.joined(x[0])]
      }),
    "ops.SignalFrame": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let axis = try call.axis("axis", -1)
        var sizes = call.shapes[0].dimensions
        let frames = try SignalCut(call)
        sizes.replaceSubrange(
          axis...axis, with: [frames.count(in: sizes[axis]), frames.window.count])
        return [TensorType(Shape(sizes), call.operands[0].type.elementType)]
      },
      { call, x in
        guard let frames = try? SignalCut(call), let axis = try? call.axis("axis", -1) else {
          return []
        }
        let cut = frames.pieces(of: x[0].withLast(axis))
        let rank = cut.shape.rank
        var order = Array(0..<(rank - 2))
        order.insert(contentsOf: [rank - 2, rank - 1], at: axis)
        return [cut.transposed(order)]
      }),
    "ops.SignalSTFT": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let frames = try SignalCut(call)
        guard let samples = call.shapes[0].dimensions.last else {
          throw LayerError("expected signals, found shape \(call.shapes[0])")
        }
        let shape = Shape(
          call.shapes[0].dimensions.dropLast() + [
            frames.count(in: samples), frames.transformLength / 2 + 1,
          ])
        return [TensorType(shape), TensorType(shape)]
      },
      { call, x in
        guard let frames = try? SignalCut(call) else { return [] }
        let pieces = frames.pieces(of: x[0]).mapRows { row in
          zip(row, frames.window).map { $0 * $1 }
        }
        return halfSpectra(of: pieces, count: frames.transformLength)
      }),
  ]

  /// Elements that move along axes by shares of their sizes.
  private static func shifting(_ shift: @escaping @Sendable (Int) -> Int) -> Rule {
    Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        return [call.operands[0].type]
      },
      { call, x in
        let shape = x[0].shape
        let asked = call.options.ints("axes") ?? Array(0..<shape.rank)
        return [
          asked.compactMap(shape.normalizedAxis).reduce(x[0]) { array, axis in
            array.withLast(axis).mapRows { row in
              let cut = row.count - shift(row.count)
              return Array(row.dropFirst(cut) + row.prefix(cut))
            }.withLastMoved(to: axis)
          }
        ]
      })
  }

  /// The discrete cosine transform of every row.
  private static let cosines: Compute = { call, x in
    let count = call.options.int("n", x[0].shape[-1])
    var type = call.options.int("type", 2)
    if call.options.bool("is_inverse") { type = [1, 3, 2, 4][type - 1] }
    let norm = call.options.text("norm", "")
    let isOrthogonal = norm == "ortho"
    // Every angle is a whole multiple of one of these.
    let period = type == 1 ? 2 * (count - 1) : type == 4 ? 8 * count : 4 * count
    let table = (0..<period).map { cos(2 * Double.pi * Double($0) / Double(period)) }
    func factor(_ n: Int, _ k: Int) -> Double {
      switch type {
      case 1: return (n == 0 || n == count - 1 ? 1 : 2) * table[n * k % period]
      case 2: return 2 * table[(2 * n + 1) * k % period]
      case 3 where n == 0: return isOrthogonal ? 2.0.squareRoot() : 1
      case 3: return 2 * table[(2 * k + 1) * n % period]
      default: return 2 * table[(2 * n + 1) * (2 * k + 1) % period]
      }
    }
    let scale =
      isOrthogonal || norm == "mfcc" ? 1 / (2 * Double(count)).squareRoot() : 1
    return [
      x[0].mapRows { row in
        let row = Array(row.prefix(count))
        return (0..<count).map { k in
          let sum = row.indices.reduce(0.0) { $0 + row[$1] * factor($1, k) }
          return sum * (isOrthogonal && type == 2 && k == 0 ? scale / 2.0.squareRoot() : scale)
        }
      }
    ]
  }
}
