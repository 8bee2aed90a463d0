import Tensors

extension ElementType {
  /// The numbers that an integer type holds, as far as single precision tells them; nil for others.
  var integerRange: ClosedRange<Float>? {
    switch self {
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .uint16: 0...65535
    case .int32: -2_147_483_648...2_147_483_520
    case .int64: -9.2233715e18...9.2233715e18
    default: nil
    }
  }
}
