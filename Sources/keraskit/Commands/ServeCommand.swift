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
      SIGHUP reads anew what has changed; requests go on meanwhile, and a bundle that cannot be read
      leaves the one that is there. SIGTERM or Ctrl-C stops in good order.
      """,
    ])

  private let models: [ServedPath]
  private let configuration: ServerConfiguration
  private let threads: Int?

  init(_ arguments: Arguments) throws {
    var models = try arguments.operands.map { operand throws(UsageError) in
      try ServedPath(operand: operand)
    }
    var arguments = arguments
    if let path = arguments.value(of: ServeOptions.config) {
      let file = try ServeFile(path: path, known: ServeOptions.all)
      models += file.models
      arguments = arguments.filled(from: file.options)
    }
    if let folder = arguments.value(of: ServeOptions.models) {
      models += try Self.models(in: folder)
    }
    guard !models.isEmpty else {
      throw UsageError("expected a model to serve, \"--models DIR\" or \"--config FILE\"")
    }
    var names: Set<String> = []
    for model in models where !names.insert(model.name).inserted {
      throw UsageError("two models are named \"\(model.name)\"; name one with FILE=NAME")
    }
    self.models = models
    threads = try arguments.int(ServeOptions.threads, in: 1...1024)
    configuration = try ServeOptions.configuration(arguments)
  }

  private static func models(in folder: String) throws -> [ServedPath] {
    guard let names = Folder.names(in: folder) else {
      throw Failure.badFile(folder, "expected a folder of models")
    }
    return try names.filter { name in
      name.hasSuffix(".safetensors") || Folder.isFolder(folder + "/" + name)
    }.map { try ServedPath(path: folder + "/" + $0) }
  }

  func run() throws -> ExitStatus {
    let loader = BundleLoader(
      threads: threads, largestBatch: configuration.batching.largestBatch)
    let repository = ModelRepository(sources: models.map { BundleSource($0, loader) })
    let failures = repository.reload()
    guard failures.isEmpty else {
      throw Failure(.badFile, failures.joined(separator: "; "))
    }
    let names = models.map(\.name).joined(separator: ", ")
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
