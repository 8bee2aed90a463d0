import Inference
import ModelFormat
import Tensors

/// `keraskit predict`: what a model makes of inputs.
struct PredictCommand: Command {
  private static let input = Option(
    "input", letter: "i", value: "FILE", help: ".npy, .npz, .json, .png, .jpg, or - for lines")
  private static let output = Option(
    "output", letter: "o", value: "FILE", help: "write .npy, .npz or .json")
  private static let outputNames = Option(
    "output-names", value: "layer|index", help: "name results by layer, or out0, out1, …")
  private static let layer = Option(
    "layer", value: "NAME", help: "give this layer's output too; may be repeated",
    isRepeatable: true)
  private static let stateful = Option(
    "stateful", help: "let each line go on from the states that the one before it left")
  private static let threads = Option("threads", value: "T", help: "threads to use")

  static let usage = CommandUsage(
    name: "predict", summary: "compute a model's outputs", operands: "MODEL",
    operandCount: 1...1,
    options: [
      input, output, outputNames, layer, stateful, threads, .exact,
    ] + KerasSource.Hints.options + [.json],
    details: [
      """
      A .npz holds an array for each input, by the input's name. JSON is the only input's nested
      lists, or an object of them by the inputs' names. A picture for a model of 28x28 numbers is
      prepared as a digit; for others it is resized.
      """,
      """
      With --input -, each line of standard input is one item as JSON: the value itself, or an
      object of the inputs and, if wanted, an "id" of any form. Each line of standard output is its
      result, or an "error"; the exit status is 2 if any line failed. An input that is called "id"
      or "inputs" itself comes before these words.
      """,
      """
      With --stateful, recurrent layers that are stateful in Keras keep their states from line to
      line; an empty line starts anew.
      """,
      """
      Numbers that are not finite are NaN, Infinity and -Infinity, as in Python's JSON and TensorFlow
      Serving's.
      """,
    ])

  private enum Names: String, CaseIterable {
    case layer
    case index
  }

  private let model: String
  private let hints: KerasSource.Hints
  private let input: String
  private let file: ResultFile?
  private let isNumbered: Bool
  private let layers: [String]
  private let isStateful: Bool
  private let threads: Int?
  private let isExact: Bool
  private let isJSON: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    model = arguments.operands[0]
    hints = try KerasSource.Hints(arguments)
    guard let input = arguments.value(of: Self.input) else {
      throw UsageError("\"--input\" is missing")
    }
    self.input = input
    file = if let path = arguments.value(of: Self.output) { try ResultFile(path) } else { nil }
    if input == "-", file != nil {
      throw UsageError("\"--output\" does not go with \"--input -\", which answers line by line")
    }
    isNumbered = try arguments.choice(Self.outputNames, as: Names.self) == .index
    layers = arguments.values(of: Self.layer)
    isStateful = arguments.has(Self.stateful)
    if isStateful, input != "-" {
      throw UsageError("\"--stateful\" goes with \"--input -\", whose lines follow each other")
    }
    if isStateful, !layers.isEmpty {
      throw UsageError("\"--layer\" does not go with \"--stateful\"")
    }
    threads = try arguments.int(Self.threads, in: 1...1024)
    isExact = arguments.has(.exact)
    isJSON = arguments.has(.json)
  }

  func run() throws -> ExitStatus {
    if let file { try AtomicFile.check(file.path, isNoneOf: [self.model, input]) }
    let model = try ModelFile(path: model, hints: hints).model(threads: threads, exact: isExact)
    let prediction = try Prediction(model, layers: layers, isNumbered: isNumbered)
    if input == "-" {
      if isStateful, !model.isStateful {
        throw Failure(.badFile, "\(self.model): expected a stateful layer, found none")
      }
      let session = isStateful ? try Session(model) : nil
      var stream = LineStream(model, prediction, session)
      try stream.run()
      return .done
    }
    try file?.check(prediction.names)
    let inputs = try InputFile.read(input, for: model)
    let results: [Tensor]
    do {
      results = try prediction(inputs)
    } catch {
      throw Failure.badFile(input, error.description)
    }
    let named = Array(zip(prediction.names, results)).map { (name: $0, tensor: $1) }
    try file?.write(named)
    if file == nil || isJSON { try show(named, model.labels) }
    return .done
  }

  private func show(_ results: [(name: String, tensor: Tensor)], _ labels: [String]?) throws {
    if Terminal.isInteractive, !isJSON, results.count == 1,
      let lines = TopClasses.lines(results[0].tensor, labels: labels)
    {
      for line in lines { try Terminal.print(line) }
    } else {
      try Terminal.print(ResultFile.json(results))
    }
  }
}
