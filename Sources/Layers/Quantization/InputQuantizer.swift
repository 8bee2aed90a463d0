import ModelFormat
import Tensors

/// What a layer with quantised weights does to its inputs before it multiplies them.
enum InputQuantizer: Hashable, Sendable {
  /// q = clip(round(x · s), low, high) with s = high / (max |x| + epsilon) for each row: whole
  /// numbers, whose product is divided by s.
  ///
  /// Keras: `abs_max_quantize`.
  case wholeNumbers(low: Float, high: Float, epsilon: Float)
  /// x rounded to floating-point numbers of 8 bits that stand for `scale` times as much.
  ///
  /// Keras: `quantize_and_dequantize`.
  case float8(scale: Float)

  /// Whether the product of a row is to be divided by the row's factor.
  var scalesRows: Bool {
    guard case .wholeNumbers = self else { return false }
    return true
  }

  /// Writes rows of `count` numbers as they are multiplied, and where that is needed what each row
  /// was multiplied by; `y` may be `x`.
  func quantize(
    rows: Int, count: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    factors: UnsafeMutablePointer<Float>, _ workers: WorkerPool
  ) {
    workers.forEachRange(of: rows, grain: 1 + 8192 / max(count, 1)) { range in
      for row in range {
        let (from, to) = (x + row * count, y + row * count)
        switch self {
        case .wholeNumbers(let low, let high, let epsilon):
          var largest: Float = 0
          for index in 0..<count { largest = max(largest, abs(from[index])) }
          let factor = high / (largest + epsilon)
          factors[row] = factor
          for index in 0..<count {
            let number = (from[index] * factor).rounded(.toNearestOrEven)
            to[index] = min(max(number, low), high)
          }
        case .float8(let scale):
          for index in 0..<count { to[index] = Float8.rounded(from[index] / scale) * scale }
        }
      }
    }
  }

  /// Writes rows as their quantised form stands for, multiplied by nothing.
  func approximate(
    rows: Int, count: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    factors: UnsafeMutablePointer<Float>, _ workers: WorkerPool
  ) {
    quantize(rows: rows, count: count, x, into: y, factors: factors, workers)
    guard scalesRows else { return }
    workers.forEachRange(of: rows, grain: 1 + 8192 / max(count, 1)) { range in
      for row in range {
        for index in 0..<count { y[row * count + index] /= factors[row] }
      }
    }
  }
}

extension LayerReader {
  /// Reads what is done to inputs: a range of whole numbers, or `"float8"` with the weight that
  /// tells the scale; nil where the option is not given.
  mutating func inputQuantizer(
    _ option: String = "inputs_quantizer", scale: String = "inputs_scale"
  ) -> InputQuantizer? {
    guard let value = value(option) else { return nil }
    return inputQuantizer(value, option: option, scale: scale)
  }

  /// Reads what a value tells that is done to inputs.
  mutating func inputQuantizer(
    _ value: JSONValue, option: String, scale: String
  ) -> InputQuantizer? {
    if value == .string("float8") {
      let scale = weight(scale, []).elements(as: Float.self)
      return .float8(scale: scale.first ?? 1)
    }
    let range = (value["value_range"]?.array ?? []).compactMap(\.double)
    guard range.count == 2, let epsilon = value["epsilon"]?.double else {
      reject(option, "expected a range of whole numbers, found \(value)")
      return nil
    }
    return .wholeNumbers(
      low: Float(range[0]), high: Float(range[1]), epsilon: Float(epsilon))
  }
}
