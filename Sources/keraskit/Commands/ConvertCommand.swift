import Inference
import ModelFormat
import Parity

/// `keraskit convert`: a bundle from a Keras file, or from another bundle.
struct ConvertCommand: Command {
  private static let output = Option(
    "output", letter: "o", value: "OUT", help: "the bundle to write")
  private static let precision = Option(
    "precision", value: "P", help: "float32 (as it is) or float16")
  private static let labels = Option(
    "labels", value: "FILE", help: "names of the classes, one a line or a JSON list")
  private static let reference = Option(
    "reference", value: "REF", help: "store what Keras computed, and verify against it")

  static let usage = CommandUsage(
    name: "convert", summary: "write a model as a bundle", operands: "MODEL",
    operandCount: 1...1,
    options: [
      output, precision, labels, reference, AllowedDifference.atol, AllowedDifference.rtol,
    ] + KerasSource.Hints.options + [.json],
    details: [
      """
      Without "--reference", cases that the model's file holds are kept. A bundle that does not
      agree with its cases is not written.
      """
    ])

  private let model: String
  private let hints: KerasSource.Hints
  private let output: String
  private let precision: BundlePrecision
  private let labels: String?
  private let reference: String?
  private let allowed: AllowedDifference
  private let isJSON: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    model = arguments.operands[0]
    hints = try KerasSource.Hints(arguments)
    guard let output = arguments.value(of: Self.output) else {
      throw UsageError("\"--output\" is missing")
    }
    self.output = output
    if let name = arguments.value(of: Self.precision), Self.laterPrecisions.contains(name) {
      throw UsageError("\"--precision\": \(name) is not supported yet, use float32 or float16")
    }
    precision = try arguments.choice(Self.precision, as: BundlePrecision.self) ?? .float32
    labels = arguments.value(of: Self.labels)
    reference = arguments.value(of: Self.reference)
    allowed = try AllowedDifference(arguments)
    isJSON = arguments.has(.json)
  }

  private static let laterPrecisions: Set = ["bfloat16", "int8", "int4"]

  func run() throws -> ExitStatus {
    try AtomicFile.check(
      output, isNoneOf: KerasSource.files(model, hints) + [labels, reference])
    Terminal.progress("reading \(model)")
    let file = try ModelFile(path: model, hints: hints, isHashed: true)
    var contents = file.contents
    if let labels { contents.labels = try LabelFile.read(labels) }
    if let reference { contents.reference = try ReferenceLoader.load(reference).tensors }
    // Layers are made without the weights being touched, so this costs little.
    let source = try file.model()
    Terminal.progress("writing \(output)")
    var checks: [ParityReport] = []
    let summary = try BundleWriter(precision: precision).write(contents, to: output) { bundle in
      guard !contents.reference.isEmpty else { return nil }
      checks = try verify(source, bundle)
      return checks.last.map(\.figures)
    }
    Terminal.progress("")
    let result = Conversion(
      output: output, precision: precision, summary: summary, checks: checks,
      parameterCount: source.summary().parameterCount)
    try Terminal.print(isJSON ? result.json.canonicalText : result.text)
    return .done
  }

  /// Compares the source and, where it differs, the bundle with the reference.
  private func verify(_ source: Model, _ bundle: BundleReader) throws -> [ParityReport] {
    Terminal.progress("verifying \(output)")
    let cases = try ReferenceCases(bundle.contents.reference)
    var reports = [
      try ParityCheck(source, tolerance: allowed.applied(to: .float32))(cases)
    ]
    if precision != .float32 {
      let check = ParityCheck(
        try Model(bundle.contents), tolerance: allowed.applied(to: .float16))
      reports.append(try check(cases))
    }
    for report in reports where !report.passes { throw Failure(.checkFailed, report.verdict) }
    return reports
  }
}
