import HDF5
import ModelFormat
import Tensors

/// A weight in a file.
struct StoredWeight {
  /// The name as the file lists it: `dense/kernel:0`.
  let name: String
  /// The elements.
  let tensor: Tensor

  /// The parts of the name, without TensorFlow's `:0`.
  let components: [String]

  /// A weight of the given name and elements.
  init(name: String, tensor: Tensor) {
    self.name = name
    self.tensor = tensor
    components = name.split(separator: "/").map { part in
      String(part.prefix { $0 != ":" })
    }
  }

  /// Whether the weight may be the one of the given slot, by the last part of its name.
  ///
  /// TensorFlow numbers a name that was taken: `kernel_1:0` is a kernel.
  func mayBe(_ slot: WeightSlot) -> Bool { isNamed(among: slot.storedNames) }

  /// Whether the last part of the name is a name of weights: a `gamma` is never a `beta`.
  var hasKnownName: Bool { isNamed(among: WeightLayout.knownNames) }

  private func isNamed(among names: Set<String>) -> Bool {
    guard let last = components.last else { return false }
    return names.contains(last) || names.contains(last.withoutNumber)
  }
}

extension String {
  /// The name without a trailing `_1`.
  fileprivate var withoutNumber: String {
    guard let mark = lastIndex(of: "_"), mark != startIndex else { return self }
    let number = self[index(after: mark)...]
    return number.isEmpty || !number.allSatisfy(\.isNumber) ? self : String(self[..<mark])
  }
}

extension Tensor {
  /// A view of a dataset's elements, which stay where they were read to.
  init(viewing dataset: HDF5Dataset) throws(HDF5Error) {
    let bytes = try dataset.bytes()
    let type = TensorType(Shape(dataset.shape), dataset.elementType.tensorElementType)
    self.init(type, storage: TensorStorage(viewing: bytes.buffer, owner: bytes))
  }
}

extension HDF5ElementType {
  /// The same type among tensors; strings, which no tensor holds, never come here.
  fileprivate var tensorElementType: ElementType {
    switch self {
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .uint8, .string: .uint8
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    case .float64: .float64
    case .bool: .bool
    }
  }
}
