/// Writes figures in Prometheus's text format, version 0.0.4.
struct PrometheusText {
  /// What a figure is.
  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  /// Names and values that tell figures of one family apart.
  typealias Labels = [(String, String)]

  private var text = ""
  private var name = ""

  /// The text so far.
  var bytes: [UInt8] { Array(text.utf8) }

  /// Begins a family of figures.
  mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// Writes a figure of the family.
  mutating func sample(_ labels: Labels, _ value: some CustomStringConvertible) {
    write(name, labels, value)
  }

  /// Writes a histogram of the family.
  mutating func histogram(_ labels: Labels, _ histogram: Histogram) {
    var count = 0
    for (index, more) in histogram.counts.enumerated() {
      count += more
      let bound = index < histogram.bounds.count ? "\(histogram.bounds[index])" : "+Inf"
      write(name + "_bucket", labels + [("le", bound)], count)
    }
    write(name + "_sum", labels, histogram.sum)
    write(name + "_count", labels, count)
  }

  private mutating func write(
    _ name: String, _ labels: Labels, _ value: some CustomStringConvertible
  ) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}
