package import Tensors

/// The 16 bits that a layer of a policy like `mixed_float16` computes in.
///
/// Numbers stay in single precision and are rounded, to nearest with ties to even, wherever Keras
/// rounds them: weights before they are used, and what each of TensorFlow's operations gives. Layers
/// that take several operations for their work are told of it by ``PlanContext/rounding``.
package struct Rounding: Hashable, Sendable {
  /// What numbers are rounded to: float16 or bfloat16.
  package let type: ElementType

  /// Nil for any other type.
  package init?(_ type: ElementType?) {
    guard let type, type == .float16 || type == .bfloat16 else { return nil }
    self.type = type
  }

  /// The nearest number of 16 bits.
  @inline(__always)
  func callAsFunction(_ x: Float) -> Float {
    let magnitude = x.bitPattern & 0x7fff_ffff
    guard magnitude < 0x7f80_0000 else { return x }
    if type == .bfloat16 {
      let bits = x.bitPattern
      return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
    }
    let size = Float(bitPattern: magnitude)
    // Below 2^-14 numbers of 16 bits are multiples of 2^-24, as those of 32 bits are from 1/2 to 1.
    let rounded =
      magnitude < 0x3880_0000
      ? (size + 0.5) - 0.5
      : Float(bitPattern: (magnitude &+ 0xfff &+ (magnitude >> 13 & 1)) & ~0x1fff)
    let finite = rounded < 65536 ? rounded : .infinity
    return x.sign == .minus ? -finite : finite
  }

  /// The nearest number of 16 bits.
  @inline(__always)
  func callAsFunction(_ x: Double) -> Float { self(Float(x)) }

  /// Rounds numbers where they stand.
  package func round(_ values: UnsafeMutablePointer<Float>, count: Int) {
    CPUKernels.active.roundToHalf(type, count: count, values, into: values)
  }

  /// Makes numbers of 16 bits of what TensorFlow's `matmul` has added up in single precision: for
  /// bfloat16 it cuts them off.
  package func roundProduct(_ values: UnsafeMutablePointer<Float>, count: Int) {
    guard type == .bfloat16 else { return round(values, count: count) }
    for index in 0..<count {
      values[index] = Float(bitPattern: values[index].bitPattern & 0xffff_0000)
    }
  }

  /// The tensor's numbers, rounded.
  package func rounded(_ tensor: Tensor) -> Tensor {
    tensor.converted(to: type).converted(to: .float32)
  }

  /// z[i] = x[i] ∘ y[i], rounded; `z` may be either of the others.
  func combine(
    _ operation: BinaryOperation, count: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    into z: UnsafeMutablePointer<Float>
  ) {
    CPUKernels.active.binary(operation, count: count, x, y, into: z)
    round(z, count: count)
  }

  /// Adds the same numbers to each of some rows.
  func add(
    _ row: UnsafePointer<Float>, to values: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    stride: Int? = nil
  ) {
    for index in 0..<rows {
      let place = values + index * (stride ?? width)
      combine(.add, count: width, place, row, into: place)
    }
  }
}
