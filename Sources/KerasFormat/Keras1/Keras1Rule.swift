import ModelFormat

/// How a class of Keras 1 is told in the words of Keras 2.
struct Keras1Rule: Sendable {
  typealias Options = [String: JSONValue]

  /// The class's name in Keras 2; nil where it is the same.
  var name: String?
  /// The class's name where options decide; nil where they do not.
  var choose: (@Sendable (Options) -> String?)?
  /// The options that have other names in Keras 2.
  var renamed: [String: String] = [:]
  /// The options that change nothing.
  var dropped: Set<String> = []
  /// What else changes in the options, which were `original`.
  var adjust: (@Sendable (inout Options, _ original: Options) -> Void)?
  /// The option that is not supported as it is set, and why.
  var refuse: (@Sendable (Options) -> (option: String, reason: String)?)?

  /// The class's name in Keras 2, which options may decide.
  func className(_ config: Options) -> String { choose?(config) ?? name ?? "" }

  /// Why a layer of the given options is not supported, or nil.
  func refusal(_ config: Options) -> (option: String, reason: String)? { refuse?(config) }

  /// The options in Keras 2's words.
  func options(_ config: Options) -> Options {
    var result: Options = [:]
    let names = Self.everywhere.merging(renamed) { $1 }
    for (key, value) in config where !dropped.contains(key) && !Self.isIrrelevant(key) {
      result[names[key] ?? key] = value
    }
    if let ordering = config["dim_ordering"]?.string {
      result["data_format"] = .string(ordering == "th" ? "channels_first" : "channels_last")
    }
    adjust?(&result, config)
    return result
  }

  /// The rule of a class.
  static func of(_ className: String) -> Keras1Rule {
    var rule = table[className] ?? Keras1Rule()
    if rule.name == nil { rule.name = className }
    return rule
  }

  private static let everywhere = [
    "bias": "use_bias", "border_mode": "padding", "input_dtype": "dtype",
    "inner_activation": "recurrent_activation", "nb_filter": "filters", "p": "rate",
    "subsample": "strides",
  ]

  /// Whether an option tells only how a layer was made or trained.
  private static func isIrrelevant(_ option: String) -> Bool {
    ["_constraint", "_init", "_regularizer"].contains { option.hasSuffix($0) }
      || ["consume_less", "dim_ordering", "dropout_U", "dropout_W", "init"].contains(option)
  }
}
