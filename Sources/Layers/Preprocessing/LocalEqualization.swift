import ModelFormat
import Tensors

/// y = the pictures with their contrasts evened out locally: each tile's values take the place that
/// its histogram gives them, of which no bar is higher than `clip_limit` of their mean, and between
/// the tiles' middles it is interpolated.
///
/// Input and output: (B, H, W, C).
///
/// Keras: `ContrastLimitedAdaptiveHistogramEqualization`.
struct LocalEqualization: Layer {
  static let classNames = ["ContrastLimitedAdaptiveHistogramEqualization"]

  private static let levels = 256

  private let range: (low: Float, high: Float)
  private let limit: Double
  private let grid: (rows: Int, columns: Int)

  init(_ reader: inout LayerReader) {
    reader.requireChannelsLast()
    let given = reader.value("value_range")
    let numbers = (given?.array ?? [.int(0), .int(255)]).compactMap(\.double)
    if numbers.count != 2 {
      reader.reject("value_range", "expected two numbers, found \(given ?? .null)")
    }
    range = (Float(numbers.first ?? 0), Float(numbers.last ?? 255))
    limit = reader.number("clip_limit", default: 4)
    let sides = reader.ints("tile_grid_size", count: 2, default: 8, in: 1...4096)
    grid = (sides[0], sides[1])
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 4)
    let tile = tile(of: shape)
    guard tile.rows * grid.rows <= 2 * shape[1], tile.columns * grid.columns <= 2 * shape[2] else {
      throw LayerError(
        "expected pictures that their mirror image fills up to \(grid.rows) by \(grid.columns) "
          + "tiles, found shape \(shape)")
    }
    return [TensorType(shape)]
  }

  /// The size of a tile.
  private func tile(of shape: Shape) -> (rows: Int, columns: Int) {
    ((shape[1] + grid.rows - 1) / grid.rows, (shape[2] + grid.columns - 1) / grid.columns)
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let (channels, pixels) = (shape[3], shape[1] * shape[2])
    let planes = shape[0] * channels
    let memory = grid.rows * grid.columns * Self.levels
    return .run(scratchBytes: planes * memory * MemoryLayout<Float>.stride) { [self] buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: planes, grain: 1) { range in
        for plane in range {
          let start = plane / channels * pixels * channels + plane % channels
          let tables = buffers.scratch(from: plane * memory)
          fill(tables, from: x + start, shape)
          interpolate(tables, x + start, y + start, shape)
        }
      }
    }
  }

  private var isPlain: Bool { range == (0, 255) }

  /// The whole number from 0 to 255 that a value counts as.
  private func level(_ value: Float) -> Int {
    let bytes = isPlain ? value : (value - range.low) / (range.high - range.low) * 255
    return bytes.isNaN ? 0 : Int(min(max(bytes, 0), 255))
  }

  /// Fills the table of every tile: what each level becomes.
  private func fill(
    _ tables: UnsafeMutablePointer<Float>, from x: UnsafePointer<Float>, _ shape: Shape
  ) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let tile = tile(of: shape)
    tables.update(repeating: 0, count: grid.rows * grid.columns * Self.levels)
    for row in 0..<(tile.rows * grid.rows) {
      // What lies beyond the picture is its mirror image.
      let line = x + (row < height ? row : 2 * height - 1 - row) * width * channels
      for column in 0..<(tile.columns * grid.columns) {
        let place = column < width ? column : 2 * width - 1 - column
        let table = row / tile.rows * grid.columns + column / tile.columns
        tables[table * Self.levels + level(line[place * channels])] += 1
      }
    }
    for table in 0..<(grid.rows * grid.columns) {
      spread(tables + table * Self.levels, count: tile.rows * tile.columns)
    }
  }

  /// Makes the table of a histogram of `count` values.
  private func spread(_ table: UnsafeMutablePointer<Float>, count: Int) {
    if limit > 0 {
      let most = Float(limit * Double(count) / Double(Self.levels))
      var excess: Float = 0
      for level in 0..<Self.levels {
        excess += table[level] - min(table[level], most)
        table[level] = min(table[level], most)
      }
      for level in 0..<Self.levels { table[level] += excess / Float(Self.levels) }
    }
    for level in 1..<Self.levels { table[level] += table[level - 1] }
    let first = table[0]
    let rest = Float(count) - first
    for level in 0..<Self.levels {
      table[level] = min(max((table[level] - first) * 255 / (rest == 0 ? 1 : rest), 0), 255)
    }
  }

  /// Writes what the four tables around every pixel make of it.
  private func interpolate(
    _ tables: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ shape: Shape
  ) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let tile = tile(of: shape)
    for row in 0..<height {
      let (top, bottom, down) = neighbours(row, tile.rows, grid.rows)
      for column in 0..<width {
        let (left, right, across) = neighbours(column, tile.columns, grid.columns)
        let place = (row * width + column) * channels
        let level = level(x[place])
        func value(_ row: Int, _ column: Int) -> Float {
          tables[(row * grid.columns + column) * Self.levels + level]
        }
        let above = value(top, left) * (1 - across) + value(top, right) * across
        let below = value(bottom, left) * (1 - across) + value(bottom, right) * across
        let result = above * (1 - down) + below * down
        y[place] = isPlain ? result : result / 255 * (range.high - range.low) + range.low
      }
    }
  }

  /// The tiles whose middles lie before and behind a place along an axis, and how far it is from the
  /// first to the second.
  private func neighbours(_ place: Int, _ size: Int, _ count: Int) -> (Int, Int, Float) {
    let position = (Float(place) - Float(size) / 2) / Float(size) + 1
    let before = Int(position.rounded(.down))
    func tile(_ index: Int) -> Int { min(max(index - 1, 0), count - 1) }
    return (tile(before), tile(before + 1), position - Float(before))
  }
}
