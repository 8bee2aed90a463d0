import Tensors

extension Rounding {
  /// c[p, c·M + m] = Σ_t x[window(p, t), c] · weights[t, c, m], the sum rounded tap by tap.
  func depthwise(
    _ windows: WindowTable, pixels: Range<Int>, multiplier: Int, input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let width = windows.channels * multiplier
    for pixel in pixels {
      let c = output + pixel * stride
      c.update(repeating: 0, count: width)
      for tap in 0..<windows.taps {
        let offset = Int(windows.offsets[pixel * windows.taps + tap])
        if offset < 0 { continue }
        let (x, w) = (input + offset, weights + tap * width)
        for index in 0..<width { c[index] = self(c[index] + x[index / multiplier] * w[index]) }
      }
    }
  }

  /// c[p, f] = Σ_t Σ_c x[window(p, t), c] · weights[t, c, f], the sum rounded at every term.
  func convolution(
    _ windows: WindowTable, pixels: Range<Int>, filters: Int, input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, stride: Int
  ) {
    for pixel in pixels {
      let c = output + pixel * stride
      c.update(repeating: 0, count: filters)
      for tap in 0..<windows.taps {
        let offset = Int(windows.offsets[pixel * windows.taps + tap])
        if offset < 0 { continue }
        for channel in 0..<windows.channels {
          let x = input[offset + channel]
          let w = weights + (tap * windows.channels + channel) * filters
          for filter in 0..<filters { c[filter] = self(c[filter] + x * w[filter]) }
        }
      }
    }
  }

  /// c[p, c] = the mean of x[window(p, t), c] over the taps that lie inside, the sum rounded tap by
  /// tap.
  func averagePool(
    _ windows: WindowTable, pixels: Range<Int>, input: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, stride: Int
  ) {
    for pixel in pixels {
      let c = output + pixel * stride
      c.update(repeating: 0, count: windows.channels)
      var count: Float = 0
      for tap in 0..<windows.taps {
        let offset = Int(windows.offsets[pixel * windows.taps + tap])
        if offset < 0 { continue }
        count += 1
        for index in 0..<windows.channels { c[index] = self(c[index] + input[offset + index]) }
      }
      for index in 0..<windows.channels { c[index] = self(c[index] / self(count)) }
    }
  }
}
