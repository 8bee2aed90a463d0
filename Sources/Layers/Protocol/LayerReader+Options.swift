import ModelFormat

extension LayerReader {
  /// The largest size that an option may ask for: far above any real layer's, and small enough
  /// that no product of two sizes overflows.
  public static let largestSize = 1 << 28

  /// Whether an option is given as `null`, for those in which that differs from leaving it out.
  public func isNull(_ option: String) -> Bool {
    layer.config[option]?.isNull == true
  }

  /// A whole number, which must lie in `range`.
  public mutating func int(
    _ option: String, default fallback: Int? = nil, in range: ClosedRange<Int> = 1...largestSize
  ) -> Int {
    guard let value = value(option) else {
      if let fallback { return fallback }
      reject(option, "expected a whole number, found none")
      return range.lowerBound
    }
    guard let number = value.int, range.contains(number) else {
      reject(option, "expected a whole number from \(range), found \(value)")
      return range.lowerBound
    }
    return number
  }

  /// `count` whole numbers in `range`, from a list of them or from one number for all.
  public mutating func ints(
    _ option: String, count: Int, default fallback: Int? = nil,
    in range: ClosedRange<Int> = 1...largestSize
  ) -> [Int] {
    let placeholder = [Int](repeating: range.lowerBound, count: count)
    guard let value = value(option) else {
      if let fallback { return [Int](repeating: fallback, count: count) }
      reject(option, "expected \(count) whole numbers, found none")
      return placeholder
    }
    if let number = value.int, range.contains(number) {
      return [Int](repeating: number, count: count)
    }
    let numbers = (value.array ?? []).compactMap(\.int).filter(range.contains)
    guard numbers.count == count, numbers.count == value.array?.count else {
      reject(option, "expected \(count) whole numbers from \(range), found \(value)")
      return placeholder
    }
    return numbers
  }

  /// Any number of whole numbers, from a list of them or from a single one.
  public mutating func intList(
    _ option: String, default fallback: [Int], in range: ClosedRange<Int> = -64...63
  ) -> [Int] {
    guard let value = value(option) else { return fallback }
    let values = value.array ?? [value]
    let numbers = values.compactMap(\.int).filter(range.contains)
    if numbers.count != values.count {
      reject(option, "expected whole numbers from \(range), found \(value)")
    }
    return numbers
  }

  /// A number.
  public mutating func number(_ option: String, default fallback: Double? = nil) -> Double {
    guard let value = value(option) else {
      if fallback == nil { reject(option, "expected a number, found none") }
      return fallback ?? 0
    }
    guard let number = value.double else {
      reject(option, "expected a number, found \(value)")
      return fallback ?? 0
    }
    return number
  }

  /// A truth value.
  public mutating func bool(_ option: String, default fallback: Bool) -> Bool {
    guard let value = value(option) else { return fallback }
    guard let bool = value.bool ?? value.int.map({ $0 != 0 }) else {
      reject(option, "expected true or false, found \(value)")
      return fallback
    }
    return bool
  }

  /// One of the cases of a string enumeration.
  public mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ option: String, default fallback: Choice
  ) -> Choice where Choice.RawValue == String {
    guard let value = value(option) else { return fallback }
    guard let choice = value.string.flatMap({ Choice(rawValue: $0.lowercased()) }) else {
      let known = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      refuse(option, "expected one of \(known), found \(value)")
      return fallback
    }
    return choice
  }

  /// Reads the options that cannot matter once a description is canonical: its tensors are
  /// `channels_last`.
  public mutating func requireChannelsLast() {
    guard let format = value("data_format"), format != .string("channels_last") else { return }
    reject("data_format", "expected \"channels_last\", found \(format)")
  }

  /// Whether an option can be left unread, because it tells only how a layer is trained or built.
  static func isIrrelevant(_ option: String) -> Bool {
    irrelevantOptions.contains(option)
      || ["_initializer", "_regularizer", "_constraint"].contains { option.hasSuffix($0) }
  }

  private static let irrelevantOptions: Set<String> = [
    "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "input_dtype",
    "build_config", "quantization_config", "lora_rank", "lora_alpha", "seed", "data_format",
    "implementation", "unroll", "time_major", "_preserve_input_structure_in_config", "autocast",
    "sparse", "ragged", "sums_in_half", "synchronized", "momentum", "renorm", "virtual_batch_size",
    "experimental_run_tf_function", "dynamic", "activity_regularizer", "input_length",
  ]
}
