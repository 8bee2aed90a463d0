import Tensors

/// The names and numbers of the bundle format, which the article <doc:BundleFormat> specifies.
package enum BundleFormat {
  /// The version that is written and read.
  package static let version = "1"
  /// The bytes of the header's length, in front of the header.
  static let prefixSize = 8
  /// The longest header, in bytes: the safetensors format's own limit.
  static let maximumHeaderSize = 100_000_000
  /// What the data's offset in the file is a multiple of.
  static let dataAlignment = 64
  /// What the names of reference cases begin with.
  static let referencePrefix = "reference/"
  /// What follows the prefix in a reference case's name.
  static let referenceGroups = ["inputs/", "outputs/", "activations/"]
  /// The name of the string-to-string table of the safetensors header.
  static let metadataName = "__metadata__"

  /// The keys of the metadata.
  enum Key: String, CaseIterable {
    case version = "keraskit.version"
    case model = "keraskit.model"
    case labels = "keraskit.labels"
    case provenance = "keraskit.provenance"
    case dataSHA256 = "keraskit.data_sha256"
    case precision = "keraskit.precision"
    case parity = "keraskit.parity"
    case strings = "keraskit.strings"

    var isRequired: Bool { ![.labels, .parity, .strings].contains(self) }
  }

  /// How the safetensors format spells an element type.
  static func typeName(of type: ElementType) -> String {
    switch type {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint64: "U64"
    case .uint32: "U32"
    case .uint16: "U16"
    // Strings have no type there: they are kept as bytes.
    case .uint8, .string: "U8"
    case .bool: "BOOL"
    }
  }

  /// The element type of the given spelling, or nil.
  static func elementType(named name: String) -> ElementType? {
    ElementType.numeric.first { typeName(of: $0) == name }
  }
}
