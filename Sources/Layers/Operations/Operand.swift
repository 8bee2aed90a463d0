import ModelFormat
import Tensors

/// An argument of an operation: a tensor of the call, or a constant that the file holds.
struct Operand: Sendable {
  /// The type of the elements and their shape.
  let type: TensorType
  /// Whether the constant is a plain Python number, which takes the type of what it meets.
  let isWeak: Bool
  /// Whether a sum takes the constant for a bias.
  private(set) var isTakenForBias = false
  private let input: Int?
  private let constant: Tensor?

  init(input: Int, _ type: TensorType) {
    self.input = input
    self.type = type
    constant = nil
    isWeak = false
  }

  init(_ constant: Tensor, isWeak: Bool) {
    self.constant = constant
    self.isWeak = isWeak
    type = constant.type
    input = nil
  }

  /// The tensor that a constant is; nil for a tensor of the call.
  var constantTensor: Tensor? { constant }

  /// The numbers of a constant; nil for a tensor of the call.
  var constantNumbers: [Double]? { constant?.doubles() }

  /// The bytes of scratch memory that ``values(as:_:scratch:)`` takes.
  var scratchBytes: Int { (type.shape.elementCount * 8 + 63) / 64 * 64 }

  /// The elements as they are.
  func bytes(_ buffers: StepBuffers, scratch: UnsafeMutableRawPointer) -> UnsafeRawPointer {
    if let input { return buffers.inputBytes(input) }
    return constant?.storage.bytes.baseAddress.map { UnsafeRawPointer($0) }
      ?? UnsafeRawPointer(scratch)
  }

  /// The elements as single-precision numbers or whole ones, converted into `scratch` where they
  /// are others.
  func values<Element: TensorElement>(
    as element: Element.Type, _ buffers: StepBuffers, scratch: UnsafeMutableRawPointer
  ) -> UnsafePointer<Element> {
    func bound(_ bytes: UnsafeRawPointer) -> UnsafePointer<Element> {
      if type.elementType == Element.elementType {
        return bytes.assumingMemoryBound(to: Element.self)
      }
      convertElements(
        type.shape.elementCount, bytes, type.elementType, scratch, Element.elementType)
      return UnsafePointer(scratch.assumingMemoryBound(to: Element.self))
    }
    if let input { return bound(buffers.inputBytes(input)) }
    if let start = constant?.storage.bytes.baseAddress { return bound(start) }
    return UnsafePointer(scratch.assumingMemoryBound(to: Element.self))
  }
}

extension LayerCall {
  /// The arguments that operations take as constants, by their position: `0`, `1`, ….
  static let operandPlaces: Set<String> = Set((0..<64).map { "\($0)" })

  /// All operands in the order in which a call gives them, those in lists one by one: tensors, and
  /// constants at their places; nil for those that are given as `null`.
  func allOperands() throws(LayerError) -> [Operand?] {
    let constants = arguments.filter { Self.operandPlaces.contains($0.key) }
    var operands: [Operand?] = []
    var next = 0
    for place in 0..<(positionalCount + constants.count) {
      if let constant = constants["\(place)"] {
        operands.append(constant.isNull ? nil : try Operand(constant))
      } else if next < positionalCount {
        operands.append(Operand(input: next, inputs[next]))
        next += 1
      }
    }
    return operands
  }

  /// The first `count` arguments of an operation, in the order in which they are given.
  func operands(_ count: Int) throws(LayerError) -> [Operand] {
    var operands: [Operand] = []
    var next = 0
    for place in 0..<count {
      if let constant = arguments["\(place)"] {
        operands.append(try Operand(constant))
      } else if next < positionalCount {
        operands.append(Operand(input: next, inputs[next]))
        next += 1
      }
    }
    guard operands.count == count, next == positionalCount else {
      throw LayerError("expected \(count) operands, found \(operands.count)")
    }
    return operands
  }
}

extension Operand {
  /// A constant as a file holds it: a number, a truth value, nested lists of them, or NumPy's.
  init(_ json: JSONValue) throws(LayerError) {
    var json = json
    var elementType: ElementType?
    var isTakenForBias = false
    if let config = json["config"], json["class_name"] != nil {
      isTakenForBias = config["taken_for_bias"]?.bool == true
      elementType = config["dtype"]?.string.flatMap(ElementType.init)
      json = config["value"] ?? .null
    }
    var numbers: [JSONValue] = []
    let shape = Shape(try Self.collect(json, into: &numbers))
    let type = elementType ?? Self.naturalType(json)
    let tensor: Tensor
    switch type {
    case .bool:
      tensor = Tensor(shape, Bool.self) { buffer in
        for (index, number) in numbers.enumerated() { buffer[index] = number.number != 0 }
      }
    case _ where type.isFloatingPoint:
      tensor = Tensor(shape, numbers.map { Float($0.number ?? .nan) })
    default:
      var whole: [Int64] = []
      for number in numbers { whole.append(try Self.whole(number)) }
      tensor = Tensor(shape, whole).converted(to: type)
    }
    self.init(tensor, isWeak: elementType == nil && shape.rank == 0)
    self.isTakenForBias = isTakenForBias
  }

  private static func collect(
    _ json: JSONValue, into numbers: inout [JSONValue]
  ) throws(LayerError) -> [Int] {
    if let elements = json.array {
      var inner: [Int] = []
      for (index, element) in elements.enumerated() {
        let sizes = try collect(element, into: &numbers)
        guard index == 0 || sizes == inner else {
          throw LayerError("expected a constant whose lists have one length, found \(json)")
        }
        inner = sizes
      }
      return [elements.count] + inner
    }
    guard json.number != nil else { throw LayerError("expected a number, found \(json)") }
    numbers.append(json)
    return []
  }

  private static func whole(_ json: JSONValue) throws(LayerError) -> Int64 {
    if let whole = json.int { return Int64(whole) }
    guard let whole = json.number.flatMap({ Int64(exactly: $0.rounded(.towardZero)) }) else {
      throw LayerError("expected a whole number of 64 bits, found \(json)")
    }
    return whole
  }

  private static func naturalType(_ json: JSONValue) -> ElementType {
    if let elements = json.array {
      let types = elements.map(naturalType)
      return types.contains(.float32)
        ? .float32 : types.allSatisfy { $0 == .bool } && !types.isEmpty ? .bool : .int64
    }
    if json.bool != nil { return .bool }
    return json.int != nil && !json.isWrittenAsFraction ? .int64 : .float32
  }
}

extension JSONValue {
  /// The number, or the one that stands for a truth value.
  fileprivate var number: Double? { double ?? bool.map { $0 ? 1 : 0 } }

  /// Whether a number was written with a point: `2.0` is no whole number in Python.
  fileprivate var isWrittenAsFraction: Bool {
    if case .double = self { return true }
    return false
  }
}

extension [Operand] {
  /// The element type of a result, as Keras 3 promotes types: floating point before whole numbers
  /// before truth values; plain numbers of Python adapt to the tensors they meet.
  var promotedType: ElementType {
    let strong = filter { !$0.isWeak }.map(\.type.elementType)
    let weak = filter(\.isWeak).map(\.type.elementType)
    if (strong + weak).contains(where: \.isFloatingPoint) { return .float32 }
    if strong.contains(where: \.isWide) { return .int64 }
    if strong.contains(where: { $0 != .bool }) { return .int32 }
    return weak.contains(.int64) ? .int32 : .bool
  }

  /// The element type of a sum of products: whole numbers of 8 bits add up to more than they are.
  var productType: ElementType {
    let types = map(\.type.elementType)
    if types.contains(where: { $0.isFloatingPoint }) || types.allSatisfy({ $0 == .bool }) {
      return .float32
    }
    return types.allSatisfy { $0 == .int8 } ? .int32 : wholeType
  }

  /// The element type of a result that is ``promotedType`` but for whole numbers of 8 and 16 bits,
  /// of which Keras keeps as many: what is too large for them is cut off.
  var wholeType: ElementType {
    let strong = filter { !$0.isWeak }.map(\.type.elementType).filter { $0 != .bool }
    let bits = strong.filter(\.isNarrow).map { $0.byteCount * 8 }
    guard bits.count == strong.count, let most = bits.max(),
      !contains(where: { $0.type.elementType.isFloatingPoint })
    else { return promotedType }
    let isUnsigned = strong.map { $0 == .uint8 || $0 == .uint16 }
    guard isUnsigned.contains(false) else { return most == 8 ? .uint8 : .uint16 }
    // A signed type that holds the unsigned one has twice its bits.
    let unsigned = zip(bits, isUnsigned).filter(\.1).map { $0.0 * 2 }.max() ?? 0
    return [8: .int8, 16: .int16][Swift.max(most, unsigned)] ?? .int32
  }
}

extension ElementType {
  /// Whether elements are whole numbers that 32 bits with a sign may not hold.
  var isWide: Bool { [.int64, .uint32, .uint64].contains(self) }

  /// Whether elements are whole numbers of 8 or 16 bits.
  var isNarrow: Bool { [.int8, .int16, .uint8, .uint16].contains(self) }
}
