import Tensors

extension StepBuffers {
  /// Writes a whole number into the first output, of which the bits that its type has are kept.
  func store(_ value: Int64, as type: ElementType, at place: Int) {
    func write<Element: TensorElement & FixedWidthInteger>(_ element: Element.Type) {
      output(0, as: element)[place] = Element(truncatingIfNeeded: value)
    }
    switch type {
    case .int8: write(Int8.self)
    case .int16: write(Int16.self)
    case .int64: write(Int64.self)
    case .uint8: write(UInt8.self)
    case .uint16: write(UInt16.self)
    default: write(Int32.self)
    }
  }
}
