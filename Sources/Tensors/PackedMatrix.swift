/// Weights B [K][N] as one instruction set's products read them: in panels, or, few columns, one
/// column after the other.
package final class PackedMatrix: @unchecked Sendable {
  /// K, the rows of B.
  package let rows: Int
  /// N, the columns of B.
  package let columns: Int
  /// The kernels that the panels are for.
  package let kernels: CPUKernels
  /// Whether columns lie one after the other, all of K together.
  let isNarrow: Bool
  private let storage: TensorStorage
  private let base: UnsafePointer<Float>

  /// Packs B, whose element (k, n) lies at `b + k * rowStride + n * columnStride`, each column
  /// times its number in `scale`.
  ///
  /// K is that of as many `taps`, whose numbers of A may lie apart.
  package init(
    rows: Int, columns: Int, from b: UnsafePointer<Float>, rowStride: Int, columnStride: Int = 1,
    taps: Int = 1, scale: [Float]? = nil, kernels: CPUKernels = .active
  ) {
    self.rows = rows
    self.columns = columns
    self.kernels = kernels
    isNarrow = kernels.isNarrow(taps: taps, channels: rows / max(taps, 1), columns: columns)
    let count = isNarrow ? rows * columns : kernels.packedCount(rows: rows, columns: columns)
    storage = PanelSlab.storage(byteCount: count * MemoryLayout<Float>.stride)
    let panels = storage.bytes.bindMemory(to: Float.self)
    base = UnsafePointer(Self.start(of: panels))
    guard !isNarrow else {
      for column in 0..<columns {
        let factor = scale?[column] ?? 1
        for row in 0..<rows {
          panels[column * rows + row] = factor * b[row * rowStride + column * columnStride]
        }
      }
      return
    }
    kernels.pack(
      rows: rows, columns: columns, from: b, rowStride: rowStride, columnStride: columnStride,
      into: Self.start(of: panels))
    if let scale { multiply(panels, by: scale) }
  }

  private func multiply(_ panels: UnsafeMutableBufferPointer<Float>, by scale: [Float]) {
    precondition(scale.count == columns, "\(scale.count) factors given for \(columns) columns")
    let width = kernels.panelWidth
    for first in stride(from: 0, to: columns, by: width) {
      var factors = Array(scale[first..<min(first + width, columns)])
      factors += [Float](repeating: 1, count: width - factors.count)
      let panel = Self.start(of: panels) + first * rows
      kernels.scaleShift(
        rows: rows, channels: width, scale: factors, shift: nil, panel, into: panel)
    }
  }

  private static func start(
    of panels: UnsafeMutableBufferPointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    guard let start = panels.baseAddress else { preconditionFailure("storage has no address") }
    return start
  }

  /// Packs a row-major matrix, each column times its number in `scale`.
  package convenience init(
    rows: Int, columns: Int, _ elements: [Float], taps: Int = 1, scale: [Float]? = nil,
    kernels: CPUKernels = .active
  ) {
    precondition(
      elements.count == rows * columns, "\(elements.count) elements given for \(rows)x\(columns)")
    self.init(
      rows: rows, columns: columns, from: elements, rowStride: columns, taps: taps, scale: scale,
      kernels: kernels)
  }

  /// The panels from the one on that holds `column`, a multiple of the kernels' panel width.
  package func panels(from column: Int = 0) -> UnsafePointer<Float> {
    base + column * rows
  }

  /// The numbers that the panels take.
  package var packedCount: Int { storage.bytes.count / MemoryLayout<Float>.stride }

  /// Copies the panels, each row of B times its factor.
  package func copy(
    scaledBy factors: UnsafePointer<Float>, into panels: UnsafeMutablePointer<Float>
  ) {
    let width = isNarrow ? 1 : kernels.panelWidth
    for first in stride(from: 0, to: packedCount, by: rows * width) {
      for row in 0..<rows {
        let (from, to, factor) = (base + first, panels + first, factors[row])
        for index in (row * width)..<((row + 1) * width) { to[index] = from[index] * factor }
      }
    }
  }

  /// The bytes that the panels take.
  package var byteCount: Int { storage.bytes.count }
}
