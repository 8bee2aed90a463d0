public import ModelFormat
import Tensors

extension ParityReport {
  /// The report as JSON; numbers that are not finite are `null`.
  public var json: JSONValue {
    .object([
      "model": .string(model),
      "cases": .int(cases),
      "passes": .bool(passes),
      "atol": .double(tolerance.absolute),
      "rtol": .double(tolerance.relative),
      "max_absolute": .finite(maxAbsolute),
      "max_relative": .finite(maxRelativeToScale),
      "first_divergence": firstDivergence.map { .string($0.name) } ?? .null,
      "verdict": .string(verdict),
      "not_compared": .array(notCompared.map { .string($0) }),
      "values": .array(rows.map(\.json)),
    ])
  }
}

extension ParityRow {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(name),
      "kind": .string(kind.rawValue),
      "class_name": className.map { .string($0) } ?? .null,
      "shape": .array(shape.dimensions.map { .int($0) }),
      "passes": .bool(passes),
      "same_class_count": sameClassCount.map { .int($0) } ?? .null,
    ]
    switch result {
    case .failed(let reason): members["reason"] = .string(reason)
    case .compared(let closeness):
      members.merge([
        "scale": .finite(closeness.scale),
        "max_absolute": .finite(closeness.maxAbsolute),
        "max_relative": .finite(closeness.maxRelativeToScale),
        "worst_index": .array((closeness.worstIndex ?? []).map { .int($0) }),
        "value": .finite(closeness.value),
        "reference": .finite(closeness.reference),
        "count": .int(closeness.count),
        "count_beyond": .int(closeness.countBeyond),
      ]) { $1 }
    }
    return .object(members)
  }
}

extension JSONValue {
  /// A number that every JSON reader takes: `null` where it is not finite.
  package static func finite(_ value: Double) -> JSONValue {
    value.isFinite ? .double(value) : .null
  }
}
