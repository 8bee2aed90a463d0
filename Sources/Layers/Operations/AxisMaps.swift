import Tensors

/// A rearrangement that treats every axis by itself: for each output position along an axis the
/// input position, or -1 for a number that fills.
struct AxisMaps: Sendable {
  /// The positions along each axis of the input.
  var axes: [[Int]]
  /// The output's shape: the axes' lengths, but for axes of size 1 that come or go.
  var output: Shape

  /// Every element where it was.
  init(identity shape: Shape) {
    axes = shape.dimensions.map { Array(0..<$0) }
    output = shape
  }

  /// The maps with the output's shape made of the axes' lengths.
  func resized() -> AxisMaps {
    var maps = self
    maps.output = Shape(axes.map(\.count))
    return maps
  }

  /// The step that rearranges elements of `bytes` bytes; `fill` are the bytes of one that fills.
  func step(from shape: Shape, elementBytes bytes: Int, fill: UInt64) -> Step {
    let strides = shape.strides
    let outer = axes.dropLast()
    let last = axes.last ?? [0]
    let rowCount = outer.reduce(1) { $0 * $1.count }
    let rowLength = last.count
    let isRun = last == Array((last.first ?? 0)..<((last.first ?? 0) + rowLength))
    return .run { buffers in
      let (x, y) = (buffers.inputBytes(0), buffers.outputBytes())
      buffers.workers.forEachRange(of: rowCount, grain: 1 + 16_384 / max(rowLength, 1)) { range in
        for row in range {
          var (rest, start, isFilled) = (row, 0, false)
          for axis in outer.indices.reversed() {
            let position = outer[axis][rest % outer[axis].count]
            rest /= outer[axis].count
            if position < 0 { isFilled = true } else { start += position * strides[axis] }
          }
          let to = y + row * rowLength * bytes
          if isRun, !isFilled, (last.first ?? 0) >= 0 {
            to.copyMemory(
              from: x + (start + (last.first ?? 0)) * bytes, byteCount: rowLength * bytes)
            continue
          }
          for (index, position) in last.enumerated() {
            if isFilled || position < 0 {
              withUnsafeBytes(of: fill) {
                (to + index * bytes).copyMemory(
                  from: $0.baseAddress ?? UnsafeRawPointer(to), byteCount: bytes)
              }
            } else {
              (to + index * bytes).copyMemory(
                from: x + (start + position) * bytes, byteCount: bytes)
            }
          }
        }
      }
    }
  }
}
