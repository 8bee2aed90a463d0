import Tensors

/// A bundle whose every claim has been checked, and whose tensors are views of its bytes.
///
/// The file is mapped, so that opening it reads the header alone and the weights are read as they
/// are used. The format is specified in <doc:BundleFormat>.
public struct BundleReader: Sendable {
  /// The model.
  ///
  /// Weights have the types in which the file keeps them, which may be narrower than the
  /// description's.
  public let contents: ModelContents
  /// How exactly the file keeps the weights.
  public let precision: BundlePrecision
  /// How near the bundle came to Keras when it was written, where that was measured.
  public let parity: BundleParity?
  /// SHA-256 of all tensors' bytes as the file states it, in hexadecimal.
  public let dataSHA256: String
  /// The size of the file.
  public let byteCount: Int

  /// Opens and checks the bundle at `path`.
  ///
  /// - Parameters:
  ///   - path: Where the bundle stands.
  ///   - verifyingChecksum: Whether the tensors' bytes are read and compared with the checksum too.
  /// - Throws: The first thing that is wrong with the file.
  public init(path: String, verifyingChecksum: Bool = false) throws(BundleError) {
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch {
      throw BundleError(path, .system(operation: error.operation, reason: error.reason))
    }
    do {
      try self.init(file.bytes, owner: file, verifyingChecksum: verifyingChecksum)
    } catch {
      throw BundleError(path, error)
    }
  }

  /// Checks a bundle that stands in memory on an 8-byte boundary, which `owner` keeps valid.
  package init(
    _ file: UnsafeRawBufferPointer, owner: AnyObject, verifyingChecksum: Bool = false
  ) throws(BundleError.Fault) {
    let header = try BundleHeader(file)
    let metadata = try BundleMetadata(header.metadata)
    let data = UnsafeRawBufferPointer(rebasing: file[header.dataOffset...])
    var tensors: [String: Tensor] = [:]
    for entry in header.entries {
      let bytes = UnsafeRawBufferPointer(rebasing: data[entry.range])
      tensors[entry.name] = Tensor(
        entry.type,
        storage: TensorStorage(viewing: bytes, owner: owner, isMapped: owner is MappedFile))
    }
    let weights = try Self.takeWeights(of: metadata, from: &tensors)
    let reference = try Self.takeReference(from: tensors, strings: metadata.strings)
    if verifyingChecksum {
      let found = SHA256.hexDigest(of: data)
      guard found == metadata.dataSHA256 else {
        throw .checksum(expected: metadata.dataSHA256, found: found)
      }
    }
    contents = ModelContents(
      description: metadata.description, weights: weights, labels: metadata.labels,
      provenance: metadata.provenance, reference: reference)
    precision = metadata.precision
    parity = metadata.parity
    dataSHA256 = metadata.dataSHA256
    byteCount = file.count
  }

  /// Moves the model's weights out of `tensors`.
  private static func takeWeights(
    of metadata: BundleMetadata, from tensors: inout [String: Tensor]
  ) throws(BundleError.Fault) -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for layer in metadata.description.layers {
      for weight in layer.weights {
        let key = layer.key(of: weight.name)
        guard let tensor = tensors.removeValue(forKey: key) else { throw .missingWeight(key) }
        let type = TensorType(Shape(weight.shape), weight.elementType)
        guard type.shape == tensor.shape, type.elementType.canBeKept(as: tensor.elementType) else {
          throw .weightType(key, expected: "\(type)", found: "\(tensor.type)")
        }
        weights[key] = tensor
      }
    }
    return weights
  }

  /// What is left of the tensors, all of which must be reference cases.
  private static func takeReference(
    from tensors: [String: Tensor], strings: [String]
  ) throws(BundleError.Fault) -> [String: Tensor] {
    var reference: [String: Tensor] = [:]
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let key = String(name.dropFirst(BundleFormat.referencePrefix.count))
      guard name.hasPrefix(BundleFormat.referencePrefix),
        BundleFormat.referenceGroups.contains(where: { key.hasPrefix($0) })
      else { throw .strayTensor(name) }
      reference[key] = tensor
    }
    for name in strings {
      let key = String(name.dropFirst(BundleFormat.referencePrefix.count))
      guard let bytes = tensors[name], let tensor = Tensor(stringBytes: bytes) else {
        throw .metadata(
          key: BundleFormat.Key.strings.rawValue, reason: "\"\(name)\" holds no rows of bytes")
      }
      reference[key] = tensor
    }
    return reference
  }
}

extension ElementType {
  /// Whether a bundle may keep weights of this type as `stored`: as they are, or at another
  /// floating-point precision.
  fileprivate func canBeKept(as stored: ElementType) -> Bool {
    self == stored || (isFloatingPoint && stored.isFloatingPoint)
  }
}
