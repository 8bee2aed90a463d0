import ModelFormat
import Tensors

/// The arrays in a pickle of Keras's variables.
///
/// Whatever back end's variable it is, its numbers are in an array of NumPy's, which is told by what
/// NumPy gives it: `(1, shape, dtype, is in Fortran's order, bytes)`.
struct PickledWeights {
  private let pickle: Pickle

  /// The weights in a `.npy` file that holds a dictionary of variables, by the dictionary's keys.
  static func weights(inNumPyFile data: [UInt8]) throws -> [String: Tensor] {
    let header = try data.span.withUnsafeBytes { try NumPyHeader($0) }
    guard header.descr.hasSuffix("O") || header.descr.hasSuffix("O8") else {
      throw PickleError.invalid("expected a dictionary of weights, found an array of numbers")
    }
    var reader = PickleReader(data, from: header.dataOffset)
    return try PickledWeights(pickle: try reader.read()).weights()
  }

  private func weights() throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for (key, value) in try dictionary() {
      guard let name = pickle.text(key) else { continue }
      let arrays = arrays(in: pickle.member("_value", of: value) ?? value)
      guard arrays.count == 1 else {
        throw PickleError.unsupported(
          "expected weight \"\(name)\" as an array of NumPy's, found "
            + (arrays.isEmpty ? className(of: value) : "\(arrays.count) arrays"))
      }
      weights[name] = try arrays[0].tensor(pickle.data)
    }
    return weights
  }

  /// The only element of the array that the pickle is: `(1, (), dtype, False, [dictionary])`.
  private func dictionary() throws(PickleError) -> [(key: Int, value: Int)] {
    guard case .object(_, _, let states) = pickle.values[pickle.root], let state = states.first,
      let members = pickle.list(state), members.count == 5,
      let elements = pickle.list(members[4]), elements.count == 1,
      case .dictionary(let dictionary) = pickle.values[elements[0]]
    else { throw .invalid("expected a dictionary of weights, found another object") }
    return dictionary
  }

  /// The arrays that a value is made of.
  private func arrays(in value: Int) -> [PickledArray] {
    var arrays: [PickledArray] = []
    var seen: Set<Int> = []
    var pending = [value]
    while let index = pending.popLast() {
      guard seen.insert(index).inserted else { continue }
      if let array = PickledArray(index, of: pickle) {
        arrays.append(array)
      } else {
        pending += pickle.parts(of: index)
      }
    }
    return arrays
  }

  private func className(of value: Int) -> String {
    guard case .object(let function, _, _) = pickle.values[value],
      case .global(let name) = pickle.values[function]
    else { return "none" }
    return "an object of class \"\(name)\" without one"
  }
}

/// An array of NumPy's in a pickle.
private struct PickledArray {
  let header: NumPyHeader
  let bytes: Range<Int>

  init?(_ index: Int, of pickle: Pickle) {
    guard let array = Self.array(index, of: pickle) ?? Self.scalar(index, of: pickle) else {
      return nil
    }
    self = array
  }

  private init(header: NumPyHeader, bytes: Range<Int>) {
    self.header = header
    self.bytes = bytes
  }

  private static func array(_ index: Int, of pickle: Pickle) -> PickledArray? {
    guard let members = pickle.list(index), members.count == 5, pickle.int(members[0]) != nil,
      let axes = pickle.list(members[1]),
      case .bool(let isFortranOrder) = pickle.values[members[3]],
      case .bytes(let bytes) = pickle.values[members[4]],
      let descr = descr(members[2], of: pickle)
    else { return nil }
    let sizes = axes.compactMap(pickle.int)
    guard sizes.count == axes.count else { return nil }
    return PickledArray(
      header: NumPyHeader(
        descr: descr, isFortranOrder: isFortranOrder, sizes: sizes, dataOffset: 0), bytes: bytes)
  }

  /// A single number: `scalar(dtype, bytes)`.
  private static func scalar(_ index: Int, of pickle: Pickle) -> PickledArray? {
    guard case .object(_, let calls, let states) = pickle.values[index], states.isEmpty,
      let arguments = calls.first.flatMap(pickle.list), arguments.count == 2,
      case .bytes(let bytes) = pickle.values[arguments[1]],
      let descr = descr(arguments[0], of: pickle)
    else { return nil }
    return PickledArray(
      header: NumPyHeader(descr: descr, isFortranOrder: false, sizes: [], dataOffset: 0),
      bytes: bytes)
  }

  /// NumPy's word for the type that a call makes, `dtype("f4", False, True)`, with the order of
  /// bytes in its state.
  private static func descr(_ index: Int, of pickle: Pickle) -> String? {
    guard case .object(_, let calls, let states) = pickle.values[index],
      let arguments = calls.first.flatMap(pickle.list), let type = arguments.first,
      let state = states.first.flatMap(pickle.list), state.count > 1,
      let order = pickle.text(state[1])
    else { return nil }
    if let code = pickle.text(type) { return order + code }
    guard case .global(let name) = pickle.values[type] else { return nil }
    return order + (name == "bfloat16" ? "V2" : name)
  }

  func tensor(_ data: [UInt8]) throws(NumPyError) -> Tensor {
    try data[bytes].span.withUnsafeBytes { data throws(NumPyError) in
      try Tensor(header, data: data)
    }
  }
}
