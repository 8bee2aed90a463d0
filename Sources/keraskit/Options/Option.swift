/// An option of a command.
struct Option: Sendable {
  /// The long name without its dashes: `output`.
  let name: String
  /// The short name: `o`.
  let letter: Character?
  /// What stands for the option's value in the help; nil for an option without one.
  let value: String?
  /// What the option does, in a phrase.
  let help: String
  /// Whether the option may be given more than once.
  let isRepeatable: Bool

  init(
    _ name: String, letter: Character? = nil, value: String? = nil, help: String,
    isRepeatable: Bool = false
  ) {
    self.name = name
    self.letter = letter
    self.value = value
    self.help = help
    self.isRepeatable = isRepeatable
  }

  /// The option as the help shows it: `-o, --output FILE`.
  var usage: String {
    (letter.map { "-\($0), " } ?? "    ") + "--\(name)" + (value.map { " \($0)" } ?? "")
  }

  static let help = Option("help", letter: "h", help: "print this help")
  static let exact = Option(
    "exact", help: "leave out Winograd's convolution, which rounds more than Keras's own")
  static let json = Option("json", help: "print the result as JSON")
}
