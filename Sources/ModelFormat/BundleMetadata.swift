/// What a bundle's header says beside its tensors.
struct BundleMetadata {
  var description: ModelDescription
  var labels: [String]?
  var provenance: Provenance
  var precision: BundlePrecision
  var parity: BundleParity?
  /// The names of the tensors whose bytes are strings.
  var strings: [String] = []
  /// SHA-256 of the data, in hexadecimal.
  var dataSHA256: String
}

extension BundleMetadata {
  /// The metadata as the strings that the header holds, in the order in which it holds them.
  var texts: [(key: BundleFormat.Key, text: String)] {
    var texts: [(key: BundleFormat.Key, text: String)] = [
      (.version, BundleFormat.version),
      (.precision, precision.rawValue),
      (.dataSHA256, dataSHA256),
      (.provenance, provenance.json.canonicalText),
    ]
    if let labels {
      texts.append((.labels, JSONValue.array(labels.map { .string($0) }).canonicalText))
    }
    if !strings.isEmpty {
      texts.append((.strings, JSONValue.array(strings.map { .string($0) }).canonicalText))
    }
    if let parity { texts.append((.parity, parity.json.canonicalText)) }
    texts.append((.model, description.json.canonicalText))
    return texts
  }

  /// Reads and checks the strings of a header; keys that version 1 does not know are passed over.
  init(_ texts: [String: String]) throws(BundleError.Fault) {
    guard let version = texts[BundleFormat.Key.version.rawValue] else { throw .notABundle }
    guard version == BundleFormat.version else { throw .version(version) }
    for key in BundleFormat.Key.allCases where key.isRequired && texts[key.rawValue] == nil {
      throw .missingMetadata(key: key.rawValue)
    }
    func value<Value>(
      _ key: BundleFormat.Key, _ read: (String) throws -> Value?
    ) throws(BundleError.Fault) -> Value? {
      guard let text = texts[key.rawValue] else { return nil }
      do {
        if let value = try read(text) { return value }
      } catch {
        throw .metadata(key: key.rawValue, reason: "\(error)")
      }
      throw .metadata(key: key.rawValue, reason: "unknown value \"\(text.prefix(80))\"")
    }
    func required<Value>(
      _ key: BundleFormat.Key, _ read: (String) throws -> Value?
    ) throws(BundleError.Fault) -> Value {
      guard let value = try value(key, read) else { throw .missingMetadata(key: key.rawValue) }
      return value
    }
    precision = try required(.precision) { BundlePrecision(rawValue: $0) }
    dataSHA256 = try required(.dataSHA256) { Self.isSHA256($0) ? $0 : nil }
    provenance = try required(.provenance) { try Provenance(json: JSONValue(parsing: $0)) }
    labels = try value(.labels) { try Self.names(JSONValue(parsing: $0)) }
    strings = try value(.strings) { try Self.names(JSONValue(parsing: $0)) } ?? []
    parity = try value(.parity) { try BundleParity(json: JSONValue(parsing: $0)) }
    description = try required(.model) { try ModelDescription(json: JSONValue(parsing: $0)) }
    let contradictions = description.contradictions()
    guard contradictions.isEmpty else { throw .contradictions(contradictions) }
  }

  private static func isSHA256(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }

  private static func names(_ json: JSONValue) -> [String]? {
    guard let values = json.array else { return nil }
    let names = values.compactMap(\.string)
    return names.count == values.count ? names : nil
  }
}
