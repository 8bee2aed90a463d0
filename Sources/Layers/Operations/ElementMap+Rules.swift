import ModelFormat
import Tensors

extension ElementMap {
  static let rules: [String: Rule] = [
    "ops.DepthToSpace": blocks(intoDepth: false), "ops.Diag": diag, "ops.DiagEmbed": embedding,
    "ops.Diagflat": diagflat,
    "ops.Diagonal": diagonal, "ops.ExtractPatches": patches, "ops.ExtractSequences": sequences,
    "ops.Rot90": rotation, "ops.SpaceToDepth": blocks(intoDepth: true), "ops.Unfold": unfold,
  ]

  /// Squares of pixels whose numbers stand one behind the other in one pixel, or the way back.
  private static func blocks(intoDepth: Bool) -> Rule {
    { options, shape throws(LayerError) in
      let block = options.int("block_size", 1)
      guard shape.rank == 4, block > 0 else {
        throw LayerError("expected pictures, found shape \(shape)")
      }
      let isFirst = options.text("data_format", "channels_last") == "channels_first"
      let (height, width, depth) =
        isFirst ? (shape[2], shape[3], shape[1]) : (shape[1], shape[2], shape[3])
      guard
        intoDepth
          ? height % block == 0 && width % block == 0 : depth % (block * block) == 0
      else { throw LayerError("expected sizes that \(block) divides, found shape \(shape)") }
      let sizes =
        intoDepth
        ? (height / block, width / block, depth * block * block)
        : (height * block, width * block, depth / (block * block))
      let output: Shape =
        isFirst
        ? [shape[0], sizes.2, sizes.0, sizes.1] : [shape[0], sizes.0, sizes.1, sizes.2]
      func place(_ row: Int, _ column: Int, _ channel: Int) -> Int {
        isFirst
          ? (channel * height + row) * width + column
          : (row * width + column) * depth + channel
      }
      return Places(items: shape[0], output, itemRank: 3) { index in
        let (row, column, channel) =
          isFirst ? (index[1], index[2], index[0]) : (index[0], index[1], index[2])
        if intoDepth {
          let (inner, c) = channel.quotientAndRemainder(dividingBy: depth)
          return place(row * block + inner / block, column * block + inner % block, c)
        }
        let inner = row % block * block + column % block
        return place(row / block, column / block, inner * sizes.2 + channel)
      }
    }
  }

  private static let diag: Rule = { options, shape throws(LayerError) in
    let offset = try diagonalOffset(options, "k")
    guard shape.rank != 1 else { return try matrix(of: shape[0], offset) }
    guard shape.rank == 2 else {
      throw LayerError("expected a vector or a matrix, found shape \(shape)")
    }
    let (row, column) = (max(-offset, 0), max(offset, 0))
    let count = max(min(shape[0] - row, shape[1] - column), 0)
    return Places(items: 1, [count], itemRank: 1) { index in
      (index[0] + row) * shape[1] + index[0] + column
    }
  }

  private static let diagflat: Rule = { options, shape throws(LayerError) in
    try matrix(of: shape.elementCount, try diagonalOffset(options, "k"))
  }

  /// Square matrices with the numbers along the last axis on their diagonals.
  private static let embedding: Rule = { options, shape throws(LayerError) in
    let offset = try diagonalOffset(options, "k")
    guard let count = shape.dimensions.last else { throw LayerError("expected vectors") }
    let (lead, size) = (shape.dimensions.dropLast(), try side(count, offset))
    return Places(items: lead.reduce(1, *), Shape(lead + [size, size]), itemRank: 2) { index in
      index[1] - index[0] == offset ? min(index[0], index[1]) : nil
    }
  }

  /// A square matrix with numbers on one diagonal.
  private static func matrix(of count: Int, _ offset: Int) throws(LayerError) -> Places {
    let size = try side(count, offset)
    return Places(items: 1, [size, size], itemRank: 2) { index in
      index[1] - index[0] == offset ? min(index[0], index[1]) : nil
    }
  }

  /// The side of a matrix that has so many numbers on a diagonal.
  private static func side(_ count: Int, _ offset: Int) throws(LayerError) -> Int {
    let size = count + abs(offset)
    guard size <= 1 << 14 else {
      throw LayerError("expected a matrix of at most \(1 << 14) rows, found \(size)")
    }
    return size
  }

  private static func diagonalOffset(
    _ options: ArrayOptions, _ option: String
  ) throws(LayerError) -> Int {
    guard let value = options[option] else { return 0 }
    guard let offset = value.int, offset.magnitude <= 1 << 20 else {
      throw LayerError("expected one diagonal, found \(value)")
    }
    return offset
  }

  static let diagonal: Rule = { options, shape throws(LayerError) in
    let axes = [options.int("axis1", 0), options.int("axis2", 1)].compactMap(shape.normalizedAxis)
    guard axes.count == 2, axes[0] != axes[1] else {
      throw LayerError("expected two axes of shape \(shape)")
    }
    let offset = try diagonalOffset(options, "offset")
    let (row, column) = (max(-offset, 0), max(offset, 0))
    let count = max(min(shape[axes[0]] - row, shape[axes[1]] - column), 0)
    let rest = (0..<shape.rank).filter { !axes.contains($0) }
    let strides = shape.strides
    let output = Shape(rest.map { shape[$0] } + [count])
    return Places(items: 1, output, itemRank: output.rank) { index in
      let place = index[rest.count]
      return zip(rest, index).reduce(
        (place + row) * strides[axes[0]] + (place + column) * strides[axes[1]]
      ) { $0 + strides[$1.0] * $1.1 }
    }
  }

  private static let rotation: Rule = { options, shape throws(LayerError) in
    let axes = (options.ints("axes") ?? [0, 1]).compactMap(shape.normalizedAxis)
    guard axes.count == 2, axes[0] != axes[1] else {
      throw LayerError("expected two axes of shape \(shape)")
    }
    let turns = ((options.int("k", 1) % 4) + 4) % 4
    // TensorFlow's own function has no such trouble.
    guard turns != 2 || options.bool("turns_all") || shape[axes[0]] == shape[axes[1]] else {
      throw LayerError(
        "Keras's back ends disagree on half turns of \(shape): only squares are turned")
    }
    var sizes = shape.dimensions
    if turns % 2 == 1 { sizes.swapAt(axes[0], axes[1]) }
    let strides = shape.strides
    let (height, width) = (shape[axes[0]], shape[axes[1]])
    return Places(items: 1, Shape(sizes), itemRank: shape.rank) { index in
      var index = index
      let (row, column) = (index[axes[0]], index[axes[1]])
      (index[axes[0]], index[axes[1]]) =
        [
          (row, column), (column, width - 1 - row), (height - 1 - row, width - 1 - column),
          (height - 1 - column, row),
        ][turns]
      return zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  private static let sequences: Rule = { options, shape throws(LayerError) in
    let (length, step) = (options.int("sequence_length", 1), options.int("sequence_stride", 1))
    guard let samples = shape.dimensions.last, length > 0, step > 0 else {
      throw LayerError("expected signals, found shape \(shape)")
    }
    let count = samples < length ? 0 : 1 + (samples - length) / step
    let lead = shape.dimensions.dropLast()
    return Places(
      items: lead.reduce(1, *), Shape(lead + [count, length]), itemRank: 2
    ) { $0[0] * step + $0[1] }
  }

  /// Windows of pictures, each of them one pixel: their numbers row by row, channels last.
  private static let patches: Rule = { options, shape throws(LayerError) in
    let rank = options.ints("size")?.count ?? 2
    let isFirst = options.text("data_format", "channels_last") == "channels_first"
    let isBatch = shape.rank == rank + 2
    let item = isBatch ? Array(shape.dimensions.dropFirst()) : shape.dimensions
    guard item.count == rank + 1 else {
      throw LayerError("expected pictures of \(rank) axes, found shape \(shape)")
    }
    let spatial = isFirst ? Array(item.dropFirst()) : Array(item.dropLast())
    let channels = isFirst ? item[0] : item[rank]
    let window = try windows(
      options, kernel: vector(options, "size", rank, 1), spatial,
      strides: options["strides"].map { _ in vector(options, "strides", rank, 1) })
    guard let depth = Shape(window.kernel + [channels]).elementCount(atMost: .max) else {
      throw LayerError("expected windows that can be counted, found sizes \(window.kernel)")
    }
    let sizes = isFirst ? [depth] + window.count : window.count + [depth]
    let lead = isBatch ? [shape[0]] : []
    return Places(items: lead.first ?? 1, Shape(lead + sizes), itemRank: rank + 1) { index in
      var rest = isFirst ? index[0] : index[rank]
      let frame = isFirst ? Array(index.dropFirst()) : Array(index.dropLast())
      let channel = rest % channels
      rest /= channels
      var taps = [Int](repeating: 0, count: rank)
      for axis in (0..<rank).reversed() {
        taps[axis] = rest % window.kernel[axis]
        rest /= window.kernel[axis]
      }
      guard let place = window.place(frame, taps, in: spatial) else { return nil }
      return isFirst ? channel * spatial.reduce(1, *) + place : place * channels + channel
    }
  }

  /// Windows of channels-first pictures, each of them one column.
  private static let unfold: Rule = { options, shape throws(LayerError) in
    guard shape.rank == 4 else {
      throw LayerError("expected pictures (B, C, H, W), found shape \(shape)")
    }
    let spatial = [shape[2], shape[3]]
    let kernel = vector(options, "kernel_size", 2, 1)
    let window = WindowPlaces(
      kernel: kernel, strides: vector(options, "stride", 2, 1),
      dilation: vector(options, "dilation", 2, 1), before: vector(options, "padding", 2, 0),
      after: vector(options, "padding", 2, 0), spatial)
    let taps = kernel[0] * kernel[1]
    let output: Shape = [shape[0], shape[1] * taps, window.count[0] * window.count[1]]
    return Places(items: shape[0], output, itemRank: 2) { index in
      let (channel, tap) = index[0].quotientAndRemainder(dividingBy: taps)
      let frame = [index[1] / window.count[1], index[1] % window.count[1]]
      return window.place(frame, [tap / kernel[1], tap % kernel[1]], in: spatial)
        .map { channel * spatial[0] * spatial[1] + $0 }
    }
  }

  /// Numbers for each axis, from an option that holds one or as many.
  static func vector(
    _ options: ArrayOptions, _ option: String, _ rank: Int, _ fallback: Int
  ) -> [Int] {
    let numbers = options.ints(option) ?? [fallback]
    return numbers.count == rank
      ? numbers : [Int](repeating: numbers.first ?? fallback, count: rank)
  }

  private static func windows(
    _ options: ArrayOptions, kernel: [Int], _ spatial: [Int], strides: [Int]?
  ) throws(LayerError) -> WindowPlaces {
    let dilation = vector(options, "dilation_rate", kernel.count, 1)
    let steps = strides ?? kernel
    guard (kernel + dilation + steps).allSatisfy({ $0 > 0 }) else {
      throw LayerError("expected windows of positive sizes, found \(kernel)")
    }
    var (before, after) = (kernel.map { _ in 0 }, kernel.map { _ in 0 })
    if options.text("padding", "valid").lowercased() == "same" {
      for axis in kernel.indices {
        let count = (spatial[axis] + steps[axis] - 1) / steps[axis]
        let reach = (kernel[axis] - 1) * dilation[axis] + 1
        let total = max((count - 1) * steps[axis] + reach - spatial[axis], 0)
        before[axis] = total / 2
        after[axis] = total - total / 2
      }
    }
    return WindowPlaces(
      kernel: kernel, strides: steps, dilation: dilation, before: before, after: after, spatial)
  }
}

/// Where the windows over spatial axes are.
struct WindowPlaces: Sendable {
  let kernel: [Int]
  let strides: [Int]
  let dilation: [Int]
  let before: [Int]
  /// The windows along each axis.
  let count: [Int]

  init(
    kernel: [Int], strides: [Int], dilation: [Int], before: [Int], after: [Int], _ spatial: [Int]
  ) {
    (self.kernel, self.strides, self.dilation, self.before) = (kernel, strides, dilation, before)
    count = spatial.indices.map { axis in
      let reach = (kernel[axis] - 1) * dilation[axis] + 1
      let room = spatial[axis] + before[axis] + after[axis] - reach
      return room < 0 ? 0 : room / max(strides[axis], 1) + 1
    }
  }

  /// The place of an element of a window in the picture; nil in the margin.
  func place(_ window: [Int], _ tap: [Int], in spatial: [Int]) -> Int? {
    var place = 0
    for axis in spatial.indices {
      let position = window[axis] * strides[axis] + tap[axis] * dilation[axis] - before[axis]
      guard (0..<spatial[axis]).contains(position) else { return nil }
      place = place * spatial[axis] + position
    }
    return place
  }
}
