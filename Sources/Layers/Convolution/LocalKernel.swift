import Tensors

/// How the kernel of a locally connected layer is stored, and its part for each output pixel.
struct LocalKernel {
  private let places: [[Int?]]
  private let input: [Int]
  private let output: [Int]
  private let isChannelsFirst: Bool

  /// The output's pixels.
  var pixels: Int { places.count }
  private var taps: Int { places.first?.count ?? 0 }
  private var channels: Int { input.last ?? 0 }
  private var filters: Int { output.last ?? 0 }

  /// The kernel of a window that leads from (B, spatial…, C) to (B, spatial…, F), stored with the
  /// channels in front or not.
  init(_ window: SpatialWindow, from input: Shape, to output: Shape, isChannelsFirst: Bool) {
    self.isChannelsFirst = isChannelsFirst
    self.input = Array(input.dimensions.dropFirst())
    self.output = Array(output.dimensions.dropFirst())
    let sizes = Array(self.input.dropLast())
    // Not TensorFlow's rule: the middle of a window lies on the pixel, whatever the strides.
    let padding = window.kernel.map { window.padding == .same ? $0 / 2 : 0 }
    places = Self.positions(Array(self.output.dropLast())).map { pixel in
      Self.positions(window.kernel).map { tap in
        var place = 0
        for axis in sizes.indices {
          let index =
            pixel[axis] * window.strides[axis] + tap[axis] * window.dilation[axis] - padding[axis]
          guard (0..<sizes[axis]).contains(index) else { return nil }
          place = place * sizes[axis] + index
        }
        return place
      }
    }
  }

  /// All positions on axes of the given sizes, the last one running fastest.
  private static func positions(_ sizes: [Int]) -> [[Int]] {
    sizes.reduce([[]]) { positions, size in positions.flatMap { p in (0..<size).map { p + [$0] } } }
  }

  /// Whether a kernel of that shape, in one of its forms, is for these places.
  func accepts(_ shape: Shape) -> Bool {
    switch shape.rank {
    case 1: shape[0] == places.joined().count { $0 != nil } * channels * filters
    case 3: shape == [places.count, taps * channels, filters]
    default: shape.dimensions == stored(input) + stored(output)
    }
  }

  private func stored(_ sizes: [Int]) -> [Int] {
    isChannelsFirst ? [sizes.last ?? 0] + sizes.dropLast() : sizes
  }

  /// Copies what the window of one pixel reads, zeros for what lies outside.
  func gather(
    _ pixel: Int, from input: UnsafePointer<Float>, into row: UnsafeMutablePointer<Float>
  ) {
    for (tap, place) in places[pixel].enumerated() {
      let part = row + tap * channels
      if let place {
        part.update(from: input + place * channels, count: channels)
      } else {
        part.update(repeating: 0, count: channels)
      }
    }
  }

  /// The kernel of each output pixel, packed.
  func panels(_ kernel: Tensor) -> [PackedMatrix] {
    let order = order(rank: kernel.shape.rank)
    return kernel.withElements(as: Float.self) { kernel in
      let size = taps * channels * filters
      return places.indices.map { pixel in
        let part = order[(pixel * size)..<((pixel + 1) * size)].map { $0.map { kernel[$0] } ?? 0 }
        return PackedMatrix(rows: taps * channels, columns: filters, part)
      }
    }
  }

  /// For each pixel, tap, channel and filter the place in a kernel stored with `rank` axes.
  private func order(rank: Int) -> [Int?] {
    let (inputs, outputs) = (input.dropLast().reduce(1, *), places.count)
    var order: [Int?] = []
    for (pixel, taps) in places.enumerated() {
      for (tap, place) in taps.enumerated() {
        for channel in 0..<channels {
          for filter in 0..<filters {
            if rank == 3 {
              let part = index(tap, of: taps.count, channel, of: channels)
              order.append((pixel * taps.count * channels + part) * filters + filter)
            } else {
              order.append(
                place.map { place in
                  index(place, of: inputs, channel, of: channels) * outputs * filters
                    + index(pixel, of: outputs, filter, of: filters)
                })
            }
          }
        }
      }
    }
    return rank == 1 ? ranks(of: order, outputs * filters) : order
  }

  /// The index of a channel of a place among all, by which of the two stands in front.
  private func index(_ place: Int, of places: Int, _ channel: Int, of channels: Int) -> Int {
    isChannelsFirst ? channel * places + place : place * channels + channel
  }

  /// Each place's rank among those that are used, by the output and then by the input.
  private func ranks(of order: [Int?], _ width: Int) -> [Int?] {
    let inputs = input.reduce(1, *)
    let used = order.indices.filter { order[$0] != nil }
    let sorted = used.sorted { a, b in
      let (a, b) = (order[a] ?? 0, order[b] ?? 0)
      return (a % width) * inputs + a / width < (b % width) * inputs + b / width
    }
    var places = [Int?](repeating: nil, count: order.count)
    for (place, index) in sorted.enumerated() { places[index] = place }
    return places
  }
}
