import ModelFormat
import Tensors

/// Windows over pictures that TensorFlow alone has: morphology, and the places of largest numbers.
extension ArrayOperation {
  static let morphology: [String: Rule] = [
    "ops.Dilation2D": morphological(),
    "ops.Erosion2D": morphological(isErosion: true),
    "ops.MaxPoolWithArgmax": Rule(
      { call throws(LayerError) in
        try call.expect(1...1)
        let shape = try pooled(call)
        return [TensorType(shape), TensorType(shape, .int64)]
      },
      { call, x in
        let withBatch = call.options.bool("include_batch_in_index")
        guard let window = try? window(call, call.options.ints("pool_size") ?? []),
          let shape = try? pooled(call)
        else { return [] }
        let item = x[0].shape.elementCount / max(x[0].shape[0], 1)
        var largest = NumberArray(shape, repeating: 0)
        var places = largest
        forEachWindow(window, x[0].shape, shape) { index, sources in
          let best = sources.max { x[0].elements[$0.place] < x[0].elements[$1.place] }?.place ?? 0
          let first =
            sources.first { x[0].elements[$0.place] == x[0].elements[best] }?.place ?? best
          largest.elements[index] = x[0].elements[first]
          places.elements[index] = Double(withBatch ? first : first % max(item, 1))
        }
        return [largest, places]
      }),
  ]

  /// The largest sum of a number and its weight in every window of each channel by itself, or less
  /// the largest difference.
  private static func morphological(isErosion: Bool = false) -> Rule {
    Rule(
      { call throws(LayerError) in
        let (pictures, kernel) = try pair(call)
        guard pictures.rank == 4, kernel.rank == 3, kernel[-1] == pictures[-1] else {
          throw LayerError("expected pictures and a kernel of their channels, found \(call.shapes)")
        }
        let window = try window(call, Array(kernel.dimensions.prefix(2)))
        return [TensorType(try window.outputShape(for: pictures, channels: pictures[-1]))]
      },
      { call, x in
        let channels = x[0].shape[-1]
        guard let window = try? window(call, Array(x[1].shape.dimensions.prefix(2))),
          let shape = try? window.outputShape(for: x[0].shape, channels: channels)
        else { return [] }
        var result = NumberArray(shape, repeating: 0)
        forEachWindow(window, x[0].shape, shape) { index, sources in
          let best = sources.map { source in
            // An erosion looks at the kernel turned round.
            let tap = isErosion ? window.tapCount - 1 - source.tap : source.tap
            let weight = x[1].elements[tap * channels + index % channels]
            let number = x[0].elements[source.place]
            return isErosion ? weight - number : weight + number
          }.max()
          result.elements[index] = isErosion ? -(best ?? 0) : best ?? 0
        }
        return [result]
      })
  }

  private static func pooled(_ call: ArrayCall) throws(LayerError) -> Shape {
    let shape = call.shapes[0]
    guard shape.rank == 4 else { throw LayerError("expected pictures, found shape \(shape)") }
    return try window(call, call.options.ints("pool_size") ?? [])
      .outputShape(for: shape, channels: shape[-1])
  }

  private static func window(
    _ call: ArrayCall, _ kernel: [Int]
  ) throws(LayerError) -> SpatialWindow {
    func pair(_ option: String) -> [Int] {
      let sizes = call.options.ints(option) ?? [1]
      return sizes.count == 1 ? [sizes[0], sizes[0]] : sizes
    }
    let kernel = kernel.count == 1 ? [kernel[0], kernel[0]] : kernel
    let padding = SpatialWindow.Padding(rawValue: call.options.text("padding", "valid"))
    let window = SpatialWindow(
      kernel: kernel, strides: pair("strides"), dilation: pair("dilation_rate"),
      padding: padding ?? .valid)
    let range = 1...LayerReader.largestSize
    guard
      [kernel, window.strides, window.dilation].allSatisfy({ sizes in
        sizes.count == 2 && sizes.allSatisfy(range.contains)
      }), padding == .valid || padding == .same
    else { throw LayerError("expected a window of two axes, found \(kernel)") }
    return window
  }

  /// Calls `body` for every number of the output, with the places in the input that lie in its window
  /// and the taps that stand there.
  private static func forEachWindow(
    _ window: SpatialWindow, _ input: Shape, _ output: Shape,
    _ body: (_ index: Int, _ sources: [(place: Int, tap: Int)]) -> Void
  ) {
    let before = window.padsBefore(for: [input[1], input[2]])
    let channels = output[-1]
    for index in 0..<output.elementCount {
      let (channel, pixel) = (index % channels, index / channels)
      let (column, row) = (pixel % output[2], pixel / output[2] % output[1])
      let item = pixel / (output[1] * output[2])
      var sources: [(place: Int, tap: Int)] = []
      for tap in 0..<window.tapCount {
        let y =
          row * window.strides[0] - before[0]
          + tap / window.kernel[1] * window.dilation[0]
        let x =
          column * window.strides[1] - before[1]
          + tap % window.kernel[1] * window.dilation[1]
        guard (0..<input[1]).contains(y), (0..<input[2]).contains(x) else { continue }
        sources.append((((item * input[1] + y) * input[2] + x) * channels + channel, tap))
      }
      body(index, sources)
    }
  }
}
