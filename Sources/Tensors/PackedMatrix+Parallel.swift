extension PackedMatrix {
  /// The multiplications below which a product is not worth a second thread.
  private static let leastShare = 50_000
  /// The tiles that should run against one panel before the next is read.
  private static let leastTiles = 20
  /// The rows below which reading all of B is what takes time.
  private static let fewRows = 100

  /// C [M][N] = epilogue(A [M][K] · B), rows close to each other, on several threads where it pays.
  package func multiply(
    rows count: Int, _ a: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    _ epilogue: Epilogue, _ workers: WorkerPool
  ) {
    multiply(
      rows: count, columns: 0..<columns, a, into: c, stride: columns, epilogue, workers)
  }

  /// Some columns of that product, which begin at a multiple of the kernels' panel width; the first
  /// of them goes to `c`, whose rows lie `stride` apart.
  package func multiply(
    rows count: Int, columns: Range<Int>, _ a: UnsafePointer<Float>,
    into c: UnsafeMutablePointer<Float>, stride: Int, _ epilogue: Epilogue, _ workers: WorkerPool
  ) {
    let (kernels, tile, panel) = (kernels, kernels.tileRows, kernels.panelWidth)
    let whole = c - columns.lowerBound
    let tiles = (count + tile - 1) / tile
    let panels = (columns.count + panel - 1) / panel
    if sharesColumns(rows: count, tiles: tiles, panels: panels, workers.threadCount) {
      let panelWork = max(count * rows * panel, 1)
      workers.forEachRange(of: panels, grain: 1 + Self.leastShare / panelWork) { range in
        let first = columns.lowerBound + range.lowerBound * panel
        let part = first..<min(first + range.count * panel, columns.upperBound)
        kernels.product(
          rows: 0..<count, columns: part, a: a, aStride: rows, weights: self, c: whole,
          cStride: stride, epilogue: epilogue)
      }
    } else {
      let tileWork = max(tile * rows * columns.count, 1)
      let share = (tiles + workers.threadCount - 1) / workers.threadCount
      let grain = max(1 + Self.leastShare / tileWork, min(Self.leastTiles, share))
      workers.forEachRange(of: count, grain: grain * tile) { range in
        kernels.product(
          rows: range, columns: columns, a: a, aStride: rows, weights: self, c: whole,
          cStride: stride, epilogue: epilogue)
      }
    }
  }

  /// Whether threads share the columns, and each reads all of A, or the rows, and each reads all of
  /// B: the columns where there are few rows, and panels that can be shared evenly.
  private func sharesColumns(rows count: Int, tiles: Int, panels: Int, _ threads: Int) -> Bool {
    if tiles < threads { return true }
    let isEven = (panels + threads - 1) / threads * threads * 8 <= panels * 9
    return count < Self.fewRows && count * 2 < columns && isEven
  }

  /// Packs some columns of a row-major matrix, whose elements a tensor holds, each column times its
  /// number in `scale`, which has one for every column of the matrix.
  ///
  /// K is that of as many `taps`.
  package convenience init(
    _ tensor: Tensor, rows: Int, columns: Range<Int>, of width: Int, taps: Int = 1,
    scale: [Float]? = nil
  ) {
    precondition(
      tensor.shape.elementCount == rows * width,
      "\(tensor.shape.elementCount) elements given for \(rows)x\(width)")
    let start = tensor.storage.bytes.assumingMemoryBound(to: Float.self)
    precondition(start.baseAddress != nil || rows * columns.count == 0, "a tensor has no address")
    defer { withExtendedLifetime(tensor) {} }
    self.init(
      rows: rows, columns: columns.count,
      from: UnsafePointer(start.baseAddress.map { $0 + columns.lowerBound } ?? Self.empty),
      rowStride: width, taps: taps, scale: scale.map { Array($0[columns]) })
  }

  private static var empty: UnsafeMutablePointer<Float> {
    UnsafeMutablePointer(bitPattern: 64) ?? .allocate(capacity: 1)
  }
}
