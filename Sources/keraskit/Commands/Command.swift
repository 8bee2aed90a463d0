/// One of the program's commands.
protocol Command: Sendable {
  /// What the command takes.
  static var usage: CommandUsage { get }

  /// The command with the given arguments.
  init(_ arguments: Arguments) throws

  /// Does what the command is for.
  func run() throws -> ExitStatus
}
