import Inference
import ModelFormat

/// `keraskit inspect`: what a model is made of, or everything that speaks against it.
struct InspectCommand: Command {
  private static let plot = Option(
    "plot", value: "FILE", help: "draw the graph as .svg or .dot")

  private static let layers = Option("layers", help: "list the layers that models may hold")

  static let usage = CommandUsage(
    name: "inspect", summary: "show layers, shapes, sizes and what stands in a model's way",
    operands: "MODEL", operandCount: 0...1,
    options: [
      plot, layers,
    ] + KerasSource.Hints.options + [.json],
    details: [
      """
      Of a configuration without weights the layers are shown as far as it tells them.
      A model that cannot be converted is answered with all its problems, one a line, and exit
      status 1, or 2 where the file is damaged.
      """
    ])

  private let model: String?
  private let hints: KerasSource.Hints
  private let plot: PlotFile?
  private let isJSON: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    model = arguments.has(Self.layers) ? nil : arguments.operands.first
    hints = try KerasSource.Hints(arguments)
    guard model != nil || arguments.has(Self.layers) else {
      throw UsageError("too few arguments: expected MODEL, found 0")
    }
    plot = if let path = arguments.value(of: Self.plot) { try PlotFile(path) } else { nil }
    isJSON = arguments.has(.json)
  }

  func run() throws -> ExitStatus {
    guard let model else {
      try Terminal.print(isJSON ? LayerTable.json.canonicalText : LayerTable.markdown)
      return .done
    }
    if let plot { try AtomicFile.check(plot.path, isNoneOf: [model]) }
    if plot == nil, let architecture = Architecture(path: model, hints: hints) {
      try Terminal.print(isJSON ? architecture.json.canonicalText : architecture.text)
      guard isJSON else { throw architecture.failure }
      return architecture.failure.status
    }
    do {
      let file = try ModelFile(path: model, hints: hints, isHashed: true)
      let report = ModelReport(file, try file.model())
      try plot?.write(report)
      try Terminal.print(isJSON ? report.json.canonicalText : report.text)
      return .done
    } catch let failure as ModelFailure {
      guard isJSON else { throw failure }
      let json = JSONValue.object(["convertible": .bool(false), "problems": failure.json])
      try Terminal.print(json.canonicalText)
      return failure.status
    }
  }
}
