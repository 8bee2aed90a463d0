import ModelFormat
import Parity
import Tensors

/// What `convert` tells of its result.
struct Conversion {
  /// The bundle's path.
  let output: String
  let precision: BundlePrecision
  let summary: BundleWriter.Summary
  /// The source beside the reference, then the bundle where its weights are rounded.
  let checks: [ParityReport]
  let parameterCount: Int

  var text: String {
    var lines = [
      "\(Style.bold(output)): \(Figures.bytes(summary.byteCount)), "
        + "\(Figures.grouped(parameterCount)) parameters in \(Figures.bytes(summary.weightByteCount)) "
        + "at \(precision.rawValue)"
    ]
    lines += summary.notes
    if let source = checks.first { lines.append(Style.green(source.verdict)) }
    if checks.count > 1, let rounded = checks.last { lines.append(effect(of: rounded)) }
    return lines.joined(separator: "\n")
  }

  var json: JSONValue {
    .object([
      "output": .string(output),
      "precision": .string(precision.rawValue),
      "bytes": .int(summary.byteCount),
      "weight_bytes": .int(summary.weightByteCount),
      "parameters": .int(parameterCount),
      "notes": .array(summary.notes.map { .string($0) }),
      "parity": checks.first.map(\.figures.json) ?? .null,
      "precision_effect": checks.count > 1 ? checks.last.map(\.figures.json) ?? .null : .null,
    ])
  }

  private func effect(of report: ParityReport) -> String {
    let outputs = report.rows.filter { $0.kind == .output }
    let absolute = outputs.compactMap(\.closeness?.maxAbsolute).max() ?? 0
    let relative = outputs.compactMap(\.closeness?.maxRelativeToScale).max() ?? 0
    let classes = outputs.compactMap(\.sameClassCount).min()
    return "\(precision.rawValue) moves the outputs by at most \(Figures.difference(absolute)), "
      + "\(Figures.difference(relative)) of their largest magnitude, on \(report.cases) cases"
      + (classes.map { "; the same class on \($0) of \(report.cases) cases" } ?? "")
  }
}

extension ParityReport {
  /// The figures that a bundle keeps.
  var figures: BundleParity {
    BundleParity(
      cases: cases, values: rows.count, maximumAbsolute: maxAbsolute,
      maximumRelative: maxRelativeToScale)
  }
}
