/// Takes a command line apart: `--name`, `--name=value`, `--name value`, `-n value`, `-nvalue`,
/// operands anywhere, and nothing but operands behind `--`.
struct ArgumentParser {
  private let usage: CommandUsage
  private var operands: [String] = []
  private var given: Set<String> = []
  private var values: [String: [String]] = [:]

  /// The arguments of a command, or nil where they ask for its help.
  static func parse(
    _ arguments: [String], for usage: CommandUsage
  ) throws(UsageError) -> Arguments? {
    var parser = ArgumentParser(usage: usage)
    try parser.read(arguments)
    if parser.given.contains(Option.help.name) { return nil }
    try parser.checkOperands()
    return Arguments(operands: parser.operands, given: parser.given, values: parser.values)
  }

  private init(usage: CommandUsage) {
    self.usage = usage
  }

  private mutating func read(_ arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        return
      } else if argument.hasPrefix("--") {
        let parts = argument.dropFirst(2).split(
          separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let option = try option(named: String(parts[0]))
        try take(option, parts.count > 1 ? String(parts[1]) : nil, &rest)
      } else if argument.hasPrefix("-"), argument != "-" {
        let option = try option(lettered: argument)
        let attached = argument.dropFirst(2)
        if option.value == nil, !attached.isEmpty {
          throw UsageError("unknown option \"\(argument)\"")
        }
        try take(option, attached.isEmpty ? nil : String(attached), &rest)
      } else {
        operands.append(argument)
      }
    }
  }

  private mutating func take(
    _ option: Option, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    guard given.insert(option.name).inserted || option.isRepeatable else {
      throw UsageError("\"--\(option.name)\" is given twice")
    }
    guard let placeholder = option.value else {
      if attached == nil { return }
      throw UsageError("\"--\(option.name)\" takes no value")
    }
    guard let value = attached ?? rest.popFirst(), attached != nil || !value.hasPrefix("--") else {
      throw UsageError("\"--\(option.name)\" needs a value: \(placeholder)")
    }
    values[option.name, default: []].append(value)
  }

  private func option(named name: String) throws(UsageError) -> Option {
    let options = usage.options + [.help]
    if let option = options.first(where: { $0.name == name }) { return option }
    let hint = Suggestion.phrase(for: name, among: options.map(\.name), prefix: "--")
    throw UsageError("unknown option \"--\(name)\"\(hint)")
  }

  private func option(lettered argument: String) throws(UsageError) -> Option {
    let letter = argument.dropFirst().first
    guard let option = (usage.options + [.help]).first(where: { $0.letter == letter }) else {
      throw UsageError("unknown option \"\(argument)\"")
    }
    return option
  }

  private func checkOperands() throws(UsageError) {
    if operands.count < usage.operandCount.lowerBound {
      throw UsageError(
        "too few arguments: expected \(usage.operands), found \(operands.count)")
    }
    if operands.count > usage.operandCount.upperBound {
      throw UsageError("unexpected argument \"\(operands[usage.operandCount.upperBound])\"")
    }
  }
}
