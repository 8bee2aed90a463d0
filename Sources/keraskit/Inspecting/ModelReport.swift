import Inference
import ModelFormat
import Tensors

/// What `inspect` tells of a model.
struct ModelReport {
  let file: ModelFile
  let model: Model
  let summary: ModelSummary

  init(_ file: ModelFile, _ model: Model) {
    self.file = file
    self.model = model
    summary = model.summary()
  }

  var text: String {
    let head = Style.bold(model.name) + "  " + Style.faint(origin)
    return ([head, table, ""] + totals).joined(separator: "\n")
  }

  /// The file's kind, Keras version and size, in one line.
  private var origin: String {
    let provenance = file.contents.provenance
    var parts = [provenance.source]
    if let version = provenance.kerasVersion { parts.append("Keras \(version)") }
    if let backend = provenance.backend { parts.append(backend) }
    if let precision = file.precision { parts.append("bundle at \(precision.rawValue)") }
    return parts.joined(separator: " · ")
  }

  private var table: String {
    var table = TextTable([
      ("Layer", .left), ("Class", .left), ("Output shape", .left), ("Parameters", .right),
      ("Multiply-adds", .right), ("Connected to", .left),
    ])
    for input in model.inputs {
      table.add([input.name, "InputLayer", Self.shape(input.shape), "0", "0", ""])
    }
    for row in summary.rows {
      table.add([
        row.name, row.className, row.outputShapes.map(Self.shape).joined(separator: ", "),
        Figures.grouped(row.parameterCount), Self.count(row.multiplyAdds),
        row.inputs.joined(separator: ", "),
      ])
    }
    return table.text
  }

  private var totals: [String] {
    let item =
      summary.openAxisSize.map { "for an item of size \($0) along open axes" } ?? "for an item"
    var lines = Self.lines("Inputs", model.inputs.map(Self.port))
    lines += Self.lines("Outputs", model.outputs.map(Self.port))
    lines += Self.lines(
      "Parameters",
      ["\(Figures.grouped(summary.parameterCount)) in \(Figures.bytes(weightBytes))"])
    lines += Self.lines("Multiply-adds", ["\(Self.count(summary.multiplyAdds)) \(item)"])
    if let labels = model.labels { lines += Self.lines("Labels", [labels.joined(separator: ", ")]) }
    if let parity = file.parity {
      let relative = Figures.difference(parity.maximumRelative)
      lines += Self.lines(
        "Parity", ["\(relative) of the largest magnitude from Keras on \(parity.cases) cases"])
    }
    return lines + Self.lines("Read so that", model.provenance.rules)
  }

  /// Lines with a title before the first.
  private static func lines(_ title: String, _ texts: [String]) -> [String] {
    texts.enumerated().map { index, text in
      Style.bold((index == 0 ? title : "").padding(to: 15)) + text
    }
  }

  private var weightBytes: Int {
    file.contents.weights.values.reduce(0) { $0 + $1.type.byteCount }
  }

  private static func port(_ port: ModelPort) -> String {
    "\(port.name) \(port.elementType.rawValue) \(shape(port.shape))"
  }

  /// A number, or a question mark where it is not known.
  private static func count(_ number: Int?) -> String { number.map(Figures.grouped) ?? "?" }

  /// A shape as Keras prints it: `(None, 28, 28, 1)`.
  static func shape(_ sizes: [Int?]) -> String {
    let list = sizes.map { $0.map(String.init) ?? "None" }.joined(separator: ", ")
    return sizes.count == 1 ? "(\(list),)" : "(\(list))"
  }
}

extension ModelReport {
  var json: JSONValue {
    let provenance = file.contents.provenance
    return .object([
      "name": .string(model.name),
      "format": .string(file.precision == nil ? "keras_h5" : "bundle"),
      "precision": file.precision.map { .string($0.rawValue) } ?? .null,
      "provenance": provenance.json,
      "parity": file.parity?.json ?? .null,
      "labels": model.labels.map { .array($0.map { .string($0) }) } ?? .null,
      "inputs": .array(model.inputs.map(Self.json)),
      "outputs": .array(model.outputs.map(Self.json)),
      "layers": .array(summary.rows.map(Self.json)),
      "parameters": .int(summary.parameterCount),
      "multiply_adds": summary.multiplyAdds.map { .int($0) } ?? .null,
      "weight_bytes": .int(weightBytes),
      "convertible": .bool(true),
      "problems": .array([]),
    ])
  }

  private static func json(_ port: ModelPort) -> JSONValue {
    .object([
      "name": .string(port.name), "shape": sizes(port.shape),
      "dtype": .string(port.elementType.rawValue),
    ])
  }

  private static func json(_ row: ModelSummary.Row) -> JSONValue {
    .object([
      "name": .string(row.name), "class_name": .string(row.className),
      "output_shapes": .array(row.outputShapes.map(sizes)),
      "parameters": .int(row.parameterCount),
      "multiply_adds": row.multiplyAdds.map { .int($0) } ?? .null,
      "inputs": .array(row.inputs.map { .string($0) }),
    ])
  }

  private static func sizes(_ shape: [Int?]) -> JSONValue {
    .array(shape.map { $0.map { .int($0) } ?? .null })
  }
}
