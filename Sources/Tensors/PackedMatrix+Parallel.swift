extension PackedMatrix {
  /// The multiplications below which a product is not worth a second thread.
  private static let leastShare = 100_000

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
    if tiles >= workers.threadCount {
      let tileWork = max(tile * rows * columns.count, 1)
      workers.forEachRange(of: tiles, grain: 1 + Self.leastShare / tileWork) { range in
        let part = (range.lowerBound * tile)..<min(range.upperBound * tile, count)
        kernels.product(
          rows: part, columns: columns, a: a, aStride: rows, weights: self, c: whole,
          cStride: stride, epilogue: epilogue)
      }
    } else {
      let panels = (columns.count + panel - 1) / panel
      let panelWork = max(count * rows * panel, 1)
      workers.forEachRange(of: panels, grain: 1 + Self.leastShare / panelWork) { range in
        let first = columns.lowerBound + range.lowerBound * panel
        let part = first..<min(first + range.count * panel, columns.upperBound)
        kernels.product(
          rows: 0..<count, columns: part, a: a, aStride: rows, weights: self, c: whole,
          cStride: stride, epilogue: epilogue)
      }
    }
  }

  /// Packs some columns of a row-major matrix, whose elements a tensor holds, each column times its
  /// number in `scale`, which has one for every column of the matrix.
  package convenience init(
    _ tensor: Tensor, rows: Int, columns: Range<Int>, of width: Int, scale: [Float]? = nil
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
      rowStride: width, scale: scale.map { Array($0[columns]) })
  }

  private static var empty: UnsafeMutablePointer<Float> {
    UnsafeMutablePointer(bitPattern: 64) ?? .allocate(capacity: 1)
  }
}
