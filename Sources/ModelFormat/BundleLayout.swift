import Tensors

/// Where a model's tensors stand in a bundle, and the header that says so.
struct BundleLayout {
  /// A tensor, its type in the file and its place in the data.
  struct Entry {
    let name: String
    let tensor: Tensor
    let type: TensorType
    let isWeight: Bool
    var range = 0..<0
  }

  /// The tensors in the order in which they stand in the data.
  private(set) var entries: [Entry] = []
  /// What the precision did not allow, one sentence each.
  private(set) var notes: [String] = []
  private var metadata: BundleMetadata
  private var headerSize = 0

  /// The layout of `contents` at the given precision.
  init(_ contents: ModelContents, precision: BundlePrecision) throws(BundleError.Fault) {
    // Before anything is written, since what is too large can be far too large.
    let size = contents.description.layers.reduce(0) { $0 + JSONValue.object($1.config).textSize }
    guard size <= BundleFormat.maximumHeaderSize else {
      throw .headerLength(UInt64(size), available: .max)
    }
    let contradictions = contents.description.contradictions()
    guard contradictions.isEmpty else { throw .contradictions(contradictions) }
    metadata = BundleMetadata(
      description: contents.description, labels: contents.labels,
      provenance: contents.provenance, precision: precision, parity: .widest,
      dataSHA256: String(repeating: "0", count: 64))
    try addWeights(of: contents, precision: precision)
    for (key, tensor) in contents.reference.sorted(by: { $0.key < $1.key }) {
      let name = BundleFormat.referencePrefix + key
      let isText = tensor.elementType == .string
      if isText { metadata.strings.append(name) }
      let kept = isText ? tensor.stringBytes : tensor
      entries.append(Entry(name: name, tensor: kept, type: kept.type, isWeight: false))
    }
    try place()
    headerSize = headerText(metadata).utf8.count
    let end = BundleFormat.prefixSize + headerSize
    headerSize += -end & (BundleFormat.dataAlignment - 1)
    guard headerSize <= BundleFormat.maximumHeaderSize else {
      throw .headerLength(UInt64(headerSize), available: .max)
    }
  }

  /// The bytes in front of the data, the length of the header among them; of one size whatever the
  /// checksum and the figures.
  func header(dataSHA256: String, parity: BundleParity? = nil) -> [UInt8] {
    var metadata = metadata
    metadata.dataSHA256 = dataSHA256
    metadata.parity = parity
    var bytes = withUnsafeBytes(of: UInt64(headerSize).littleEndian) { Array($0) }
    bytes += Array(headerText(metadata).utf8)
    let padding = BundleFormat.prefixSize + headerSize - bytes.count
    return bytes + [UInt8](repeating: UInt8(ascii: " "), count: padding)
  }
}

extension BundleLayout {
  private mutating func addWeights(
    of contents: ModelContents, precision: BundlePrecision
  ) throws(BundleError.Fault) {
    for layer in contents.description.layers {
      for weight in layer.weights {
        let key = layer.key(of: weight.name)
        guard let tensor = contents.weights[key] else { throw .missingWeight(key) }
        guard tensor.shape == Shape(weight.shape), tensor.elementType != .string else {
          throw .weightType(
            key, expected: "\(TensorType(Shape(weight.shape), weight.elementType))",
            found: "\(tensor.type)")
        }
        var type = precision.storedType(of: weight)
        if type == .float16, let largest = tensor.magnitudeBeyondFloat16 {
          notes.append(
            "\"\(key)\" stays float32: it holds a magnitude of \(largest), float16 ends at 65504")
          type = .float32
        }
        entries.append(
          Entry(name: key, tensor: tensor, type: TensorType(tensor.shape, type), isWeight: true))
      }
    }
  }

  /// Gives every tensor its place: larger elements first, so that each stands on a multiple of its
  /// elements' size although no byte lies between two tensors.
  private mutating func place() throws(BundleError.Fault) {
    let order = entries.indices.sorted {
      (-entries[$0].type.elementType.byteCount, $0)
        < (-entries[$1].type.elementType.byteCount, $1)
    }
    entries = order.map { entries[$0] }
    var names: Set<String> = []
    var offset = 0
    for index in entries.indices {
      guard names.insert(entries[index].name).inserted else {
        throw .sameName(entries[index].name)
      }
      entries[index].range = offset..<(offset + entries[index].type.byteCount)
      offset = entries[index].range.upperBound
    }
  }

  private func headerText(_ metadata: BundleMetadata) -> String {
    let texts = metadata.texts.map { key, text in
      "\(JSONValue.quoted(key.rawValue)):\(JSONValue.quoted(text))"
    }
    let tensors = entries.map { entry in
      let sizes = entry.type.shape.dimensions.map(String.init).joined(separator: ",")
      return "\(JSONValue.quoted(entry.name)):"
        + "{\"dtype\":\"\(BundleFormat.typeName(of: entry.type.elementType))\","
        + "\"shape\":[\(sizes)],"
        + "\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}"
    }
    let table = "\"\(BundleFormat.metadataName)\":{\(texts.joined(separator: ","))}"
    return "{" + ([table] + tensors).joined(separator: ",") + "}"
  }
}

extension BundleParity {
  /// Figures whose text is as long as any can be.
  fileprivate static let widest = BundleParity(
    cases: .min, values: .min, maximumAbsolute: -.greatestFiniteMagnitude,
    maximumRelative: -.greatestFiniteMagnitude)
}

extension Tensor {
  /// The largest finite magnitude where float16 cannot hold it, otherwise nil.
  fileprivate var magnitudeBeyondFloat16: Float? {
    let largest = converted(to: .float32).withElements(as: Float.self) { elements in
      var largest: Float = 0
      for element in elements {
        let magnitude = element.magnitude
        if magnitude > largest, magnitude < .infinity { largest = magnitude }
      }
      return largest
    }
    return largest > 65_504 ? largest : nil
  }
}
