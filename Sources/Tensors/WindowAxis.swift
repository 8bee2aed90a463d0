/// The part that one spatial axis has in a window table: for each position and tap along it a
/// distance in floats, or nil outside.
struct WindowAxis {
  let size: Int
  let taps: Int
  /// [position][tap]; -1 outside.
  let offsets: [Int]

  init(size: Int, taps: Int, offset: (_ position: Int, _ tap: Int) -> Int?) {
    self.size = size
    self.taps = taps
    var offsets: [Int] = []
    offsets.reserveCapacity(size * taps)
    for position in 0..<size {
      for tap in 0..<taps { offsets.append(offset(position, tap) ?? -1) }
    }
    self.offsets = offsets
  }

  /// The offsets of all axes together, [pixels][taps] with the last axis moving fastest.
  static func combined(_ axes: [WindowAxis]) -> [Int32] {
    var sizes = 1
    var taps = 1
    var all: [Int32] = [0]
    for axis in axes {
      var next: [Int32] = []
      next.reserveCapacity(sizes * axis.size * taps * axis.taps)
      for pixel in 0..<sizes {
        for position in 0..<axis.size {
          for tap in 0..<taps {
            let outer = all[pixel * taps + tap]
            for inner in axis.offsets[position * axis.taps..<(position + 1) * axis.taps] {
              next.append(outer < 0 || inner < 0 ? -1 : outer + Int32(inner))
            }
          }
        }
      }
      sizes *= axis.size
      taps *= axis.taps
      all = next
    }
    return all
  }
}
