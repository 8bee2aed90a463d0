/// NumPy's strings of a fixed size, zeros behind the text: bytes (`|S`) or code points (`<U`).
struct NumPyText {
  private let elements: NumPyHeader.Elements
  private let isFortranOrder: Bool

  init(_ elements: NumPyHeader.Elements, isFortranOrder: Bool) {
    self.elements = elements
    self.isFortranOrder = isFortranOrder
  }

  /// The strings in a file's data.
  func tensor(_ shape: Shape, _ data: UnsafeRawBufferPointer) -> Tensor {
    let texts = (0..<shape.elementCount).map { index in
      let place = isFortranOrder ? Self.fortranPlace(of: index, shape) : index
      let start = place * elements.width
      return text(UnsafeRawBufferPointer(rebasing: data[start..<(start + elements.width)]))
    }
    return Tensor(shape, textLengths: texts.map(\.count)) { index, bytes in
      _ = bytes.initialize(fromContentsOf: texts[index])
    }
  }

  private func text(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    guard elements.areCodePoints else {
      return Array(bytes.prefix((bytes.lastIndex { $0 != 0 } ?? -1) + 1))
    }
    let points = (0..<(bytes.count / 4)).map { index in
      let point = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      return elements.isSwapped ? point.byteSwapped : point
    }
    var text = ""
    for point in points.prefix((points.lastIndex { $0 != 0 } ?? -1) + 1) {
      text.unicodeScalars.append(Unicode.Scalar(point) ?? "\u{FFFD}")
    }
    return Array(text.utf8)
  }

  /// Where an element stands in a file in which the first axis moves fastest.
  private static func fortranPlace(of element: Int, _ shape: Shape) -> Int {
    var (place, stride) = (0, 1)
    for (index, size) in zip(shape.index(ofElement: element), shape.dimensions) {
      place += index * stride
      stride *= size
    }
    return place
  }

  /// The type and the data of a tensor of strings, as code points.
  static func file(_ tensor: Tensor) -> (descr: String, data: [UInt8]) {
    let texts = tensor.strings.map { $0.unicodeScalars.map(\.value) }
    let length = max(texts.lazy.map(\.count).max() ?? 1, 1)
    var data: [UInt8] = []
    data.reserveCapacity(texts.count * length * 4)
    for text in texts {
      for index in 0..<length {
        let point = index < text.count ? text[index] : 0
        withUnsafeBytes(of: point.littleEndian) { data.append(contentsOf: $0) }
      }
    }
    return ("<U\(length)", data)
  }
}
