import ModelFormat

/// Tells a configuration of Keras 1 in the words of Keras 2.
///
/// Keras: `keras/legacy/interfaces.py` and `keras/engine/saving.py` of 2.3.1, 1.2.2's layers.
struct Keras1Dialect {
  /// Where problems are told.
  let report: ImportReport
  /// Where the channels stand in layers that do not say so: those that only move pixels never do.
  private let ordering: JSONValue?
  /// The classes that are told in this dialect; nil for all.
  private let classNames: Set<String>?

  /// The classes that Keras 2 kept for a while, in their old words.
  ///
  /// Keras: `keras/legacy/layers.py` of 2.0.
  private static let leftovers: Set = ["Highway", "MaxoutDense", "Merge"]

  /// The dialect of a model's configuration, which a version of Keras before TensorFlow's wrote.
  init(_ model: JSONValue, version: KerasVersion, report: ImportReport) {
    self.report = report
    classNames = version.major < 2 ? nil : Self.leftovers
    ordering = Self.values(of: "dim_ordering", in: model).first { $0 != .string("default") }
  }

  /// Whether a model's configuration asks for a padding that no other back end has.
  static func needsTheano(_ model: JSONValue) -> Bool {
    values(of: "border_mode", in: model).contains(.string("full"))
  }

  /// What a model's layers say under an option's name, in order.
  private static func values(of option: String, in json: JSONValue) -> [JSONValue] {
    switch json {
    case .object(let members):
      if let own = members[option], own.string != nil { return [own] }
      return members.sorted { $0.key < $1.key }.flatMap { values(of: option, in: $0.value) }
    case .array(let elements): return elements.flatMap { values(of: option, in: $0) }
    default: return []
    }
  }

  /// The configuration of a model, `{"class_name", "config"}`.
  func translated(_ model: JSONValue) -> JSONValue {
    Keras1Merge(report: report).unfolded(retold(model))
  }

  /// The configuration of a model whose own branches still stand in its first layer.
  private func retold(_ model: JSONValue) -> JSONValue {
    guard var members = model.object, let config = members["config"] else { return model }
    if let layers = config.array {
      members["config"] = .array(layers.map(layer))
      return .object(members)
    }
    guard var options = config.object, let layers = options["layers"]?.array else { return model }
    options["layers"] = .array(layers.map(layer))
    members["config"] = .object(options)
    return .object(members)
  }

  /// A layer's entry, or a nested model's.
  private func layer(_ entry: JSONValue) -> JSONValue {
    guard var members = entry.object, let className = members["class_name"]?.string else {
      return entry
    }
    if ["Model", "Sequential"].contains(className) { return translated(entry) }
    if let classNames, !classNames.contains(className) { return entry }
    report.note(.keras1Translated)
    guard var config = members["config"]?.object else { return entry }
    if className == "Merge", let branches = config["layers"]?.array {
      config["layers"] = .array(branches.map(retold))
    }
    if let inner = config["layer"] { config["layer"] = layer(inner) }
    if config["dim_ordering"] == nil, Self.movesPixels(className) {
      config["dim_ordering"] = ordering
    }
    let name = config["name"]?.string ?? members["name"]?.string ?? className
    let rule = Keras1Rule.of(className)
    if let problem = rule.refusal(config) {
      report.unsupported(name, className, option: problem.option, reason: problem.reason)
    }
    members["class_name"] = .string(rule.className(config))
    members["config"] = .object(rule.options(config))
    return .object(members)
  }

  private static func movesPixels(_ className: String) -> Bool {
    (className.hasSuffix("2D") || className.hasSuffix("3D"))
      && ["Cropping", "UpSampling", "ZeroPadding"].contains { className.hasPrefix($0) }
  }
}
