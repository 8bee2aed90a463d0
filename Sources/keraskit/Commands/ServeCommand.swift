import Inference
import ModelFormat
import Serving

/// `keraskit serve`: a page and an interface over HTTP.
struct ServeCommand: Command {
  private static let host = Option(
    "host", value: "H", help: "the address to listen on (127.0.0.1)")
  private static let port = Option(
    "port", value: "P", help: "the port to listen on, 0 for any (8080)")
  private static let workers = Option(
    "workers", value: "N", help: "predictions at a time (as many as processors)")

  static let usage = CommandUsage(
    name: "serve", summary: "serve models over HTTP, with a page to try them",
    operands: "BUNDLE[=NAME]...", operandCount: 1...64, options: [host, port, workers],
    details: [
      """
      Models are bundles, which are checked whole before they are served; they go by the names of
      their files unless told otherwise. SIGTERM or Ctrl-C stops in good order.
      """
    ])

  private let operands: [String]
  private let configuration: ServerConfiguration

  init(_ arguments: Arguments) throws(UsageError) {
    operands = arguments.operands
    var configuration = ServerConfiguration()
    if let host = arguments.value(of: Self.host) { configuration.transport.host = host }
    if let port = try arguments.int(Self.port, in: 0...65535) {
      configuration.transport.port = port
    }
    if let workers = try arguments.int(Self.workers, in: 1...1024) {
      configuration.workers = workers
    }
    self.configuration = configuration
  }

  func run() throws -> ExitStatus {
    var models: [ServedModel] = []
    for operand in operands {
      let source = try ServedFile(operand)
      guard !models.contains(where: { $0.name == source.name }) else {
        throw UsageError("two models are named \"\(source.name)\"; name one with FILE=NAME")
      }
      let model = try source.model()
      // The first prediction packs the weights, which no client is to wait for. One that fails on
      // made-up numbers may do well on a client's.
      _ = try? model.predict(MadeUpInputs.make(for: model, batch: 1))
      models.append(ServedModel(name: source.name, model))
    }
    let names = models.map(\.name).joined(separator: ", ")
    let server = Server(models: models, configuration)
    let cutOff = try server.run { address in
      try? Terminal.print("serving \(names) at \(address) (Ctrl-C stops)")
    }
    guard cutOff > 0 else { return .done }
    throw Failure(.checkFailed, "\(cutOff) requests were cut off")
  }
}
