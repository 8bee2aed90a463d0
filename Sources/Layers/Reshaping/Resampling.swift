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
  }

  /// The numbers of memory that a run works in: one picture with its rows resized.
  var scratchCount: Int { vertical.outputCount * width * channels }

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
}
