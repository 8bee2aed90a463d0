extension Tensor {
  /// The bytes of a `.npy` file (version 1.0) that holds this tensor.
  ///
  /// bfloat16 has no type in NumPy: it is written as two bytes of no type (`<V2`), as Python does.
  public var npyData: [UInt8] {
    guard elementType != .string else {
      let (descr, data) = NumPyText.file(self)
      return data.withUnsafeBytes { npyFile(descr, $0) }
    }
    return withBytes { npyFile(NumPyHeader.descr(of: elementType), $0) }
  }

  private func npyFile(_ descr: String, _ data: UnsafeRawBufferPointer) -> [UInt8] {
    let sizes = shape.dimensions.map { "\($0), " }.joined()
    let fields =
      "{'descr': '\(descr)', 'fortran_order': False, "
      + "'shape': (\(sizes)), }"
    let prefix = NumPyHeader.magic + [1, 0]
    // The elements begin at a multiple of 64 bytes; a newline ends the header.
    let used = prefix.count + 2 + fields.utf8.count + 1
    let padding = (64 - used % 64) % 64
    let length = fields.utf8.count + padding + 1
    var file: [UInt8] = []
    file.reserveCapacity(used + padding + data.count)
    file += prefix
    file += [UInt8(length & 0xff), UInt8(length >> 8)]
    file += fields.utf8
    file += [UInt8](repeating: UInt8(ascii: " "), count: padding)
    file.append(UInt8(ascii: "\n"))
    file.append(contentsOf: data)
    return file
  }
}
