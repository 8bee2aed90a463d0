import ModelFormat
import Tensors

extension LayerReader {
  /// The number of spatial axes that the layer's class is for: 2 for `Conv2D` or
  /// `Conv2DTranspose`.
  var spatialRank: Int {
    ["1D", "2D", "3D"].firstIndex { className.contains($0) }.map { $0 + 1 } ?? 1
  }

  /// Reads the options of a convolution's window.
  mutating func convolutionWindow(rank: Int) -> SpatialWindow {
    requireChannelsLast()
    return anyConvolutionWindow(rank: rank)
  }

  /// Reads the options of a convolution's window, wherever the channels stand.
  mutating func anyConvolutionWindow(rank: Int) -> SpatialWindow {
    var window = SpatialWindow(
      kernel: ints("kernel_size", count: rank), strides: ints("strides", count: rank, default: 1),
      dilation: ints("dilation_rate", count: rank, default: 1),
      padding: padding(
        allowing: [.valid, .same, .sameTheano, .full, .half] + (rank == 1 ? [.causal] : [])))
    window.margins = margins(rank: rank)
    window.clampsPadding = bool("clamps_padding", default: false)
    return window
  }

  /// Reads `margins`, the elements around each spatial axis: `[[before, after], …]`, none where
  /// there is no such option.
  mutating func margins(rank: Int) -> [(before: Int, after: Int)] {
    let none = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
    guard let value = value("margins") else { return none }
    let sizes = value.array?.map { $0.array?.compactMap(\.int) ?? [] } ?? []
    let range = 0...LayerReader.largestSize
    guard sizes.count == rank, sizes.allSatisfy({ $0.count == 2 && $0.allSatisfy(range.contains) })
    else {
      reject("margins", "expected two sizes for each of \(rank) axes, found \(value)")
      return none
    }
    return sizes.map { ($0[0], $0[1]) }
  }
}

extension Shape {
  /// Fails where the last axis has another size than a layer's weights are made for.
  func expectChannels(_ count: Int) throws(LayerError) {
    guard rank > 0, self[-1] == count else {
      throw LayerError("expected \(count) channels for its weights, found shape \(self)")
    }
  }
}

extension SpatialWindow {
  /// The shape of the windows' outputs over an input (B, spatial…, C).
  func outputShape(for input: Shape, channels: Int) throws(LayerError) -> Shape {
    let sizes = try outputSizes(for: Array(input.dimensions.dropFirst().dropLast()))
    return Shape([input[0]] + sizes + [channels])
  }
}
