import Tensors

/// Resizes the pictures of a batch: y[i, j] = Σ_k Σ_l v_i[k] · h_j[l] · x[k, l], where v and h are
/// the weights of an interpolation along the rows and the columns.
///
/// Input: (B, H, W, C). Output: (B, H', W', C).
struct Resampling: Sendable {
  private let batch: Int
  private let width: Int
  private let channels: Int
  private let vertical: ResampledAxis
  private let horizontal: ResampledAxis
  /// What sums over areas are multiplied by; nil for other interpolations.
  private let areaFactor: Float?
  /// Whether every pixel lies on the line between two, that between rows drawn last.
  private let isLinear: Bool

  init(
    _ interpolation: Interpolation, from input: Shape, to output: Shape, antialiases: Bool = false
  ) {
    batch = input[0]
    width = input[2]
    channels = input[3]
    vertical = ResampledAxis(
      interpolation, from: input[1], to: output[1], antialiases: antialiases)
    horizontal = ResampledAxis(
      interpolation, from: input[2], to: output[2], antialiases: antialiases)
    areaFactor =
      interpolation.isArea ? Float(1 / Double(vertical.scale * horizontal.scale)) : nil
    isLinear = interpolation.isLinear && !antialiases
  }

  /// The numbers of memory that a run works in: one picture with its rows resized, or sums of rows.
  var scratchCount: Int {
    vertical.outputCount * (areaFactor == nil ? width : horizontal.outputCount) * channels
  }

  func run(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, _ workers: WorkerPool
  ) {
    let rowSize = width * channels
    let outputRowSize = horizontal.outputCount * channels
    for item in 0..<batch {
      let picture = x + item * vertical.inputCount * rowSize
      let output = y + item * vertical.outputCount * outputRowSize
      let grain = 1 + 4096 / max(outputRowSize, 1)
      workers.forEachRange(of: vertical.outputCount, grain: grain) { rows in
        if let areaFactor {
          for row in rows {
            sumAreas(
              of: row, picture, into: output + row * outputRowSize, areaFactor,
              scratch: scratch + row * outputRowSize)
          }
          return
        }
        if isLinear {
          for row in rows { connect(row, picture, into: output + row * outputRowSize) }
          return
        }
        for row in rows {
          vertical.blend(row, picture, into: scratch + row * rowSize, count: rowSize)
          for column in 0..<horizontal.outputCount {
            horizontal.blend(
              column, scratch + row * rowSize,
              into: output + row * outputRowSize + column * channels, count: channels)
          }
        }
      }
    }
  }

  /// A row of places between four pixels: a + (b - a) · f along the rows, then between them, as
  /// TensorFlow rounds them.
  ///
  /// TensorFlow: `compute_lerp` of `ResizeBilinear`.
  private func connect(
    _ row: Int, _ picture: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    let rows = vertical.neighbours(of: row)
    let (upper, lower) = (
      picture + rows.first * width * channels, picture + rows.second * width * channels
    )
    for column in 0..<horizontal.outputCount {
      let columns = horizontal.neighbours(of: column)
      let (left, right) = (columns.first * channels, columns.second * channels)
      let (a, b, c, d) = (upper + left, upper + right, lower + left, lower + right)
      let target = output + column * channels
      for channel in 0..<channels {
        let top = a[channel] + (b[channel] - a[channel]) * columns.fraction
        let bottom = c[channel] + (d[channel] - c[channel]) * columns.fraction
        target[channel] = top + (bottom - top) * rows.fraction
      }
    }
  }

  /// A row of means over areas, added up in the order in which TensorFlow does, so that whole numbers
  /// are rounded alike.
  ///
  /// TensorFlow: `ComputePatchSum` of `ResizeArea`.
  private func sumAreas(
    of row: Int, _ picture: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>,
    _ factor: Float, scratch: UnsafeMutablePointer<Float>
  ) {
    let size = horizontal.outputCount * channels
    output.update(repeating: 0, count: size)
    vertical.forEachTap(of: row) { source, weight in
      let line = picture + source * width * channels
      for column in 0..<horizontal.outputCount {
        horizontal.blend(column, line, into: scratch + column * channels, count: channels)
      }
      for place in 0..<size { output[place] += scratch[place] * weight }
    }
    for place in 0..<size { output[place] *= factor }
  }
}
