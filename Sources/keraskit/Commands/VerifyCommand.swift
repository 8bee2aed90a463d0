import Inference
import ModelFormat
import Parity

/// `keraskit verify`: whether a model computes what Keras computed.
struct VerifyCommand: Command {
  private static let reference = Option(
    "reference", value: "REF", help: "what Keras computed, .npz or HDF5; else a bundle's own cases")
  private static let html = Option("html", value: "FILE", help: "write the report as a page")
  private static let threads = Option("threads", value: "T", help: "threads to use")

  static let usage = CommandUsage(
    name: "verify", summary: "compare a model with what Keras computed, layer by layer",
    operands: "MODEL", operandCount: 1...1,
    options: [
      reference, AllowedDifference.atol, AllowedDifference.rtol, .exact, html, threads,
    ] + KerasSource.Hints.options + [.json],
    details: [
      """
      A value agrees where |found - keras| <= atol + rtol * scale for each element, the scale being
      the largest magnitude of what Keras computed. Exit status 1 where any does not.
      """
    ])

  private let model: String
  private let hints: KerasSource.Hints
  private let reference: String?
  private let allowed: AllowedDifference
  private let html: String?
  private let threads: Int?
  private let isExact: Bool
  private let isJSON: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    model = arguments.operands[0]
    hints = try KerasSource.Hints(arguments)
    reference = arguments.value(of: Self.reference)
    allowed = try AllowedDifference(arguments)
    html = arguments.value(of: Self.html)
    threads = try arguments.int(Self.threads, in: 1...1024)
    isExact = arguments.has(.exact)
    isJSON = arguments.has(.json)
  }

  func run() throws -> ExitStatus {
    if let html { try AtomicFile.check(html, isNoneOf: [model, reference]) }
    let file = try ModelFile(path: model, hints: hints)
    let cases = try cases(of: file)
    let tolerance = allowed.applied(to: file.precision.tolerance)
    let model = try file.model(threads: threads, exact: isExact)
    let check = ParityCheck(model, tolerance: tolerance)
    let report: ParityReport
    do {
      report = try check(cases)
    } catch {
      throw Failure.badFile(reference ?? self.model, "\(error)")
    }
    if let html { try AtomicFile.write(Array(report.html.utf8), to: html) }
    try Terminal.print(isJSON ? report.json.canonicalText : report.table)
    if !report.passes {
      Terminal.printError(report.verdict)
      return .checkFailed
    }
    if !isJSON { try Terminal.print(Style.green(report.verdict)) }
    return .done
  }

  private func cases(of file: ModelFile) throws -> ReferenceCases {
    if let reference { return try ReferenceLoader.load(reference) }
    guard !file.contents.reference.isEmpty else {
      throw UsageError(
        "\"\(model)\" holds no reference cases; \"--reference\" names a file of them")
    }
    do {
      return try ReferenceCases(file.contents.reference)
    } catch {
      throw Failure.badFile(model, error.description)
    }
  }
}

extension BundlePrecision? {
  /// What a model of this precision is allowed to be off by.
  var tolerance: ParityTolerance { self == .float16 ? .float16 : .float32 }
}
