/// Reads a pickle's instructions, those that Python's protocols 2 to 5 write for data.
///
/// Python: `Lib/pickletools.py`.
struct PickleReader {
  private var pickle: Pickle
  private var position: Int
  private var stack: [Int] = []
  private var marks: [Int] = []
  private var memo: [Int: Int] = [:]

  /// A reader of the pickle that begins at `start`.
  init(_ data: [UInt8], from start: Int) {
    pickle = Pickle(data: data)
    position = start
  }

  /// What the pickle tells to make.
  mutating func read() throws(PickleError) -> Pickle {
    while true {
      let instruction = try byte()
      if instruction == UInt8(ascii: ".") {
        pickle.root = try pop()
        return pickle
      }
      try follow(instruction)
    }
  }

  private mutating func follow(_ instruction: UInt8) throws(PickleError) {
    if try isFraming(instruction) { return }
    if try isPlain(instruction) { return }
    if try isContainer(instruction) { return }
    if try isObject(instruction) { return }
    if try isMemory(instruction) { return }
    throw .unsupported("a pickle with the instruction \(instruction), which is not read")
  }

  private mutating func isFraming(_ instruction: UInt8) throws(PickleError) -> Bool {
    switch instruction {
    case 0x80: _ = try take(1)
    case 0x95: _ = try take(8)
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"): stack.append(try top())
    default: return false
    }
    return true
  }

  private mutating func isPlain(_ instruction: UInt8) throws(PickleError) -> Bool {
    switch instruction {
    case UInt8(ascii: "N"): push(.other)
    case 0x88: push(.bool(true))
    case 0x89: push(.bool(false))
    case UInt8(ascii: "K"): push(.int(try number(1)))
    case UInt8(ascii: "M"): push(.int(try number(2)))
    case UInt8(ascii: "J"): push(.int(Int(Int32(truncatingIfNeeded: try number(4)))))
    case 0x8A: try pushLong(try number(1))
    case UInt8(ascii: "G"):
      _ = try take(8)
      push(.other)
    case 0x8C, UInt8(ascii: "U"): try pushText(try number(1))
    case UInt8(ascii: "X"), UInt8(ascii: "T"): try pushText(try number(4))
    case 0x8D: try pushText(try number(8))
    case UInt8(ascii: "C"): push(.bytes(try take(try number(1))))
    case UInt8(ascii: "B"): push(.bytes(try take(try number(4))))
    case 0x8E, 0x96: push(.bytes(try take(try number(8))))
    default: return false
    }
    return true
  }

  private mutating func isContainer(_ instruction: UInt8) throws(PickleError) -> Bool {
    switch instruction {
    case UInt8(ascii: ")"), UInt8(ascii: "]"), 0x8F: push(.list([]))
    case UInt8(ascii: "t"), UInt8(ascii: "l"), 0x91: push(.list(try popToMark()))
    case 0x85...0x87: push(.list(try pop(Int(instruction) - 0x84)))
    case UInt8(ascii: "a"): try append(try pop(1))
    case UInt8(ascii: "e"), 0x90: try append(try popToMark())
    case UInt8(ascii: "}"): push(.dictionary([]))
    case UInt8(ascii: "d"):
      let members = try popToMark()
      push(.dictionary([]))
      try setItems(members)
    case UInt8(ascii: "s"): try setItems(try pop(2))
    case UInt8(ascii: "u"): try setItems(try popToMark())
    default: return false
    }
    return true
  }

  private mutating func isObject(_ instruction: UInt8) throws(PickleError) -> Bool {
    switch instruction {
    case UInt8(ascii: "c"):
      _ = try line()
      push(.global(try line()))
    case 0x93:
      let names = try pop(2)
      guard let name = pickle.text(names[1]) else { throw .invalid("a class without a name") }
      push(.global(name))
    case UInt8(ascii: "R"), 0x81:
      let call = try pop(2)
      push(.object(function: call[0], arguments: [call[1]], state: []))
    case 0x92:
      let call = try pop(3)
      push(.object(function: call[0], arguments: Array(call[1...]), state: []))
    case UInt8(ascii: "b"): try build(try pop())
    default: return false
    }
    return true
  }

  private mutating func isMemory(_ instruction: UInt8) throws(PickleError) -> Bool {
    switch instruction {
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "q"): memo[try number(1)] = try top()
    case UInt8(ascii: "r"): memo[try number(4)] = try top()
    case UInt8(ascii: "h"): try recall(try number(1))
    case UInt8(ascii: "j"): try recall(try number(4))
    default: return false
    }
    return true
  }
}

extension PickleReader {
  private mutating func push(_ value: Pickle.Value) {
    stack.append(pickle.values.count)
    pickle.values.append(value)
  }

  private mutating func pushLong(_ length: Int) throws(PickleError) {
    let bytes = pickle.data[try take(length)]
    let number = length > 7 ? nil : bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    push(number.map { .int($0) } ?? .other)
  }

  private mutating func pushText(_ length: Int) throws(PickleError) {
    push(.text(String(decoding: pickle.data[try take(length)], as: UTF8.self)))
  }

  private mutating func recall(_ place: Int) throws(PickleError) {
    guard let value = memo[place] else { throw .invalid("a pickle that recalls what it never had") }
    stack.append(value)
  }

  private func top() throws(PickleError) -> Int {
    guard let top = stack.last else { throw Self.cut }
    return top
  }

  private mutating func pop() throws(PickleError) -> Int {
    guard let value = stack.popLast() else { throw Self.cut }
    return value
  }

  private mutating func pop(_ count: Int) throws(PickleError) -> [Int] {
    guard stack.count >= count else { throw Self.cut }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(PickleError) -> [Int] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw Self.cut }
    return try pop(stack.count - mark)
  }

  /// Adds to the list on top; what is added to an object that is a list matters to nobody.
  private mutating func append(_ elements: [Int]) throws(PickleError) {
    let target = try top()
    guard case .list(var list) = pickle.values[target] else { return }
    pickle.values[target] = .other
    list += elements
    pickle.values[target] = .list(list)
  }

  private mutating func setItems(_ elements: [Int]) throws(PickleError) {
    let target = try top()
    guard case .dictionary(var members) = pickle.values[target] else { return }
    pickle.values[target] = .other
    for index in stride(from: 0, to: elements.count - 1, by: 2) {
      members.append((elements[index], elements[index + 1]))
    }
    pickle.values[target] = .dictionary(members)
  }

  private mutating func build(_ state: Int) throws(PickleError) {
    let target = try top()
    guard case .object(let function, let arguments, var states) = pickle.values[target] else {
      return
    }
    pickle.values[target] = .other
    states.append(state)
    pickle.values[target] = .object(function: function, arguments: arguments, state: states)
  }
}

extension PickleReader {
  private static let cut = PickleError.invalid("a pickle that ends too early")

  private mutating func byte() throws(PickleError) -> UInt8 {
    pickle.data[try take(1).lowerBound]
  }

  private mutating func take(_ count: Int) throws(PickleError) -> Range<Int> {
    guard count >= 0, count <= pickle.data.count - position else { throw Self.cut }
    defer { position += count }
    return position..<position + count
  }

  /// A whole number of so many bytes, the lowest first.
  private mutating func number(_ width: Int) throws(PickleError) -> Int {
    let bytes = pickle.data[try take(width)]
    return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private mutating func line() throws(PickleError) -> String {
    let end = pickle.data[position...].firstIndex(of: UInt8(ascii: "\n"))
    guard let end else { throw Self.cut }
    defer { position = end + 1 }
    return String(decoding: pickle.data[position..<end], as: UTF8.self)
  }
}
