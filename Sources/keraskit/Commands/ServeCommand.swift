import Serving

/// `keraskit serve`: models over HTTP, with a page to try them.
struct ServeCommand: Command {
  static let usage = CommandUsage(
    name: "serve", summary: "serve models over HTTP, with a page to try them",
    operands: "MODEL[=NAME]...", operandCount: 0...1024, options: ServeOptions.all,
    details: [
      """
      A model is a bundle, or a folder of versions: 1/NAME.safetensors, 2/NAME.safetensors; the one
      with the greatest number is served. Bundles are checked whole and tried before the server
      listens. Models go by the names of their files or folders unless told otherwise.
      """,
      """
      SIGHUP reads anew what has changed; requests go on meanwhile, and a bundle or a certificate that
      cannot be read leaves the one that is there. SIGTERM or Ctrl-C stops in good order.
      """,
    ])

  private let found: ServedModels
  private let configuration: ServerConfiguration
  private let threads: Int?
  private let isExact: Bool

  init(_ arguments: Arguments) throws {
    var arguments = arguments
    let operands = try arguments.operands.map { operand throws(UsageError) in
      try ServedPath(operand: operand)
    }
    let config = arguments.value(of: ServeOptions.config)
    if let config {
      let file = try ServeFile(path: config, known: ServeOptions.inFile)
      arguments = arguments.filled(from: file.options)
    }
    found = ServedModels(
      operands: operands, config: config, folder: arguments.value(of: ServeOptions.models))
    threads = try arguments.int(ServeOptions.threads, in: 1...1024)
    isExact = arguments.has(.exact)
    configuration = try ServeOptions.configuration(arguments)
    if !found.isNamed {
      throw UsageError("expected a model to serve, or a folder or file of models")
    }
  }

  func run() throws -> ExitStatus {
    let loader = BundleLoader(
      threads: threads, isExact: isExact, largestBatch: configuration.batching.largestBatch)
    let names = try found.paths().map(\.name).joined(separator: ", ")
    let repository = ModelRepository { [found] () throws(ModelSourceError) in
      do {
        return try found.paths().map { BundleSource($0, loader) }
      } catch {
        throw ModelSourceError(Failure(error).messages.joined(separator: "; "))
      }
    }
    let failures = repository.reload()
    guard failures.isEmpty else {
      throw Failure(.badFile, failures.joined(separator: "; "))
    }
    let server = Server(repository, configuration)
    let cutOff = try server.run { address in
      try? Terminal.print("serving \(names) at \(address) (Ctrl-C stops)")
    } onReload: { failures in
      for failure in failures { Terminal.printError("serve: not read anew: \(failure)") }
    }
    guard cutOff > 0 else { return .done }
    throw Failure(.checkFailed, "\(cutOff) requests were cut off")
  }
}
