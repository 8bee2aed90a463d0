import HDF5
import Imaging
import Inference
import ModelFormat
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The program: finds the command, runs it and turns errors into messages and a status.
enum Program {
  static let version = "0.1.0"

  static let commands: [any Command.Type] = [
    InspectCommand.self, ConvertCommand.self, VerifyCommand.self, PredictCommand.self,
    ServeCommand.self, BenchCommand.self,
  ]

  /// Runs the command line without the program's own name.
  static func run(_ arguments: [String]) -> ExitStatus {
    do {
      try checkEnvironment()
      return try dispatch(arguments)
    } catch let error as UsageError {
      Terminal.printError(error.description)
      return .usage
    } catch {
      let failure = Failure(error)
      for message in failure.messages { Terminal.printError(message) }
      return failure.status
    }
  }

  /// Fails where `KERASKIT_CPU` names kernels that would not be those that run.
  private static func checkEnvironment() throws(UsageError) {
    guard let name = getenv("KERASKIT_CPU").map({ String(cString: $0) }), !name.isEmpty,
      CPUKernels(named: name) == nil
    else { return }
    let known = CPUKernels.available.map { "\"\($0.name)\"" }.joined(separator: ", ")
    throw UsageError("\"KERASKIT_CPU\": expected one of this CPU's \(known), found \"\(name)\"")
  }

  private static func dispatch(_ arguments: [String]) throws -> ExitStatus {
    guard let name = arguments.first else {
      Terminal.printError("expected a command; \"keraskit --help\" lists them")
      return .usage
    }
    switch name {
    case "--help", "-h", "help":
      try Terminal.print(try help(arguments.dropFirst()))
      return .done
    case "--version":
      try Terminal.print("keraskit \(version)")
      return .done
    default:
      let command = try command(named: name)
      do {
        guard
          let arguments = try ArgumentParser.parse(
            Array(arguments.dropFirst()), for: command.usage)
        else {
          try Terminal.print(command.usage.help)
          return .done
        }
        return try command.init(arguments).run()
      } catch let error as UsageError {
        throw UsageError("\(name): \(error); see \"keraskit \(name) --help\"")
      }
    }
  }

  private static func command(named name: String) throws(UsageError) -> any Command.Type {
    if let command = commands.first(where: { $0.usage.name == name }) { return command }
    let kind = name.hasPrefix("-") ? "option" : "command"
    let hint = Suggestion.phrase(for: name, among: commands.map { $0.usage.name })
    throw UsageError(
      "unknown \(kind) \"\(name)\"" + (hint.isEmpty ? "; see \"keraskit --help\"" : hint))
  }

  private static func help(_ topic: ArraySlice<String>) throws(UsageError) -> String {
    if let name = topic.first { return try command(named: name).usage.help }
    let width = commands.map { $0.usage.name.count }.max() ?? 0
    let rows = commands.map { "  \($0.usage.name.padding(to: width))  \($0.usage.summary)" }
    return """
      usage: keraskit COMMAND MODEL [options]

      Runs Keras models without Python. MODEL is a Keras .h5 or .keras file, a
      SavedModel of Keras 2, or a bundle made of one.

      \(rows.joined(separator: "\n"))

      "keraskit COMMAND --help" tells more. Exit status: 0 done, 1 a check failed or the model holds
      what is not supported, 2 bad input file, 64 usage.
      """
  }
}
