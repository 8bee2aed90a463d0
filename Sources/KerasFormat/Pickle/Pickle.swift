import ModelFormat

/// What a pickle, Python's form of objects in a file, tells to make: plain values, and calls of
/// functions that are never made.
///
/// Values refer to each other by their indices, so that no depth or ring of them does harm.
struct Pickle {
  /// A value.
  enum Value {
    /// One that matters to nobody: None, a floating-point number.
    case other
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case int(Int)
    /// Text.
    case text(String)
    /// The place of bytes in the pickle.
    case bytes(Range<Int>)
    /// A tuple, a list or a set.
    case list([Int])
    /// A dictionary.
    case dictionary([(key: Int, value: Int)])
    /// The name of a class or function, without its module's.
    case global(String)
    /// What a call of a function or class would give, and the state that it would be given then.
    case object(function: Int, arguments: [Int], state: [Int])
  }

  /// The bytes that ``Value/bytes(_:)`` are places in.
  let data: [UInt8]
  /// All values.
  var values: [Value] = []
  /// The index of the value that the pickle stands for.
  var root = 0

  /// The elements of a list; nil for other values.
  func list(_ index: Int) -> [Int]? {
    guard case .list(let elements) = values[index] else { return nil }
    return elements
  }

  /// The text that a value is; nil for other values.
  func text(_ index: Int) -> String? {
    guard case .text(let text) = values[index] else { return nil }
    return text
  }

  /// The whole number that a value is; nil for other values.
  func int(_ index: Int) -> Int? {
    guard case .int(let number) = values[index] else { return nil }
    return number
  }

  /// The values that a value is made of.
  func parts(of index: Int) -> [Int] {
    switch values[index] {
    case .list(let elements): elements
    case .dictionary(let members): members.map(\.value)
    case .object(let function, let arguments, let state): [function] + arguments + state
    default: []
    }
  }

  /// The value under a text in an object's state, where that is, or holds, a dictionary.
  func member(_ name: String, of index: Int) -> Int? {
    guard case .object(_, _, let state) = values[index] else { return nil }
    for part in state + state.flatMap(parts) {
      guard case .dictionary(let members) = values[part] else { continue }
      if let member = members.first(where: { text($0.key) == name }) { return member.value }
    }
    return nil
  }
}

/// Why a pickle cannot be read.
struct PickleError: Error {
  /// Whether it is damaged or holds what is not read.
  let kind: ModelProblem.Kind
  /// What was expected and what was found.
  let reason: String

  /// A pickle that holds what is not read.
  static func unsupported(_ reason: String) -> PickleError {
    PickleError(kind: .unsupported, reason: reason)
  }

  /// A damaged pickle.
  static func invalid(_ reason: String) -> PickleError {
    PickleError(kind: .invalid, reason: reason)
  }
}
