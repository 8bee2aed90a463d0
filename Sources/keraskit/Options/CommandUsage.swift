/// What a command takes, for the parser and for the help.
struct CommandUsage: Sendable {
  /// The command's name.
  let name: String
  /// What the command does, in a phrase.
  let summary: String
  /// The operands as the help shows them: `MODEL`.
  let operands: String
  /// How many operands the command takes.
  let operandCount: ClosedRange<Int>
  /// The options, `--help` left out.
  let options: [Option]
  /// What else there is to know, a paragraph for each.
  var details: [String] = []

  /// The help of the command.
  var help: String {
    let options = options + [.help]
    let width = options.map(\.usage.count).max() ?? 0
    let rows = options.map { option in
      "  \(option.usage.padding(to: width))  \(option.help)"
    }
    return
      (["usage: keraskit \(name) \(operands) [options]", "", summary.capitalizedFirst + ".", ""]
      + rows + details.flatMap { ["", $0] }).joined(separator: "\n")
  }
}

extension String {
  /// This text with its first letter in upper case.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

  /// This text with spaces behind it up to `width` characters.
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
