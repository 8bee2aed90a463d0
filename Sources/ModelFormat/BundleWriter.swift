import Tensors

/// Writes models as bundles.
///
/// A bundle comes into being whole or not at all: its bytes go to a temporary file beside the
/// target, which is renamed at the end. Tensors are written one after another, straight from their
/// own bytes. The format is specified in <doc:BundleFormat>.
public struct BundleWriter: Sendable {
  /// What became of a model in a bundle.
  public struct Summary: Sendable {
    /// The size of the file.
    public var byteCount = 0
    /// The bytes of the model's weights in the file.
    public var weightByteCount = 0
    /// What the precision did not allow, one sentence each.
    public var notes: [String] = []
  }

  /// How exactly weights are kept.
  public let precision: BundlePrecision

  /// A writer of bundles at the given precision.
  public init(precision: BundlePrecision = .float32) {
    self.precision = precision
  }

  /// Writes `contents` as the bundle at `path`.
  ///
  /// - Parameters:
  ///   - contents: The model, which must not contradict itself.
  ///   - path: Where the bundle is to stand; what stood there is replaced at the very end.
  ///   - check: Looks at the finished bundle before it gets its name: what it throws undoes the
  ///     writing, what it returns is stored.
  /// - Returns: What became of the model.
  /// - Throws: A ``BundleError``, or what `check` throws.
  public func write(
    _ contents: ModelContents, to path: String,
    check: (BundleReader) throws -> BundleParity? = { _ in nil }
  ) throws -> Summary {
    do {
      let layout = try BundleLayout(contents, precision: precision)
      var file = try AtomicFile(path: path)
      let summary = try write(layout, to: &file)
      let bundle = try BundleReader(path: file.temporaryPath)
      if let parity = try check(bundle) {
        try file.write(layout.header(dataSHA256: bundle.dataSHA256, parity: parity), at: 0)
      }
      try file.commit()
      return summary
    } catch let failure as SystemFailure {
      throw BundleError(path, .system(operation: failure.operation, reason: failure.reason))
    } catch let fault as BundleError.Fault {
      throw BundleError(path, fault)
    }
  }

  private func write(
    _ layout: BundleLayout, to file: inout AtomicFile
  ) throws(SystemFailure) -> Summary {
    var summary = Summary(notes: layout.notes)
    var hash = SHA256()
    try file.append(layout.header(dataSHA256: SHA256.hexadecimal([UInt8](repeating: 0, count: 32))))
    for entry in layout.entries {
      let tensor = entry.tensor.converted(to: entry.type.elementType)
      try tensor.withBytes { bytes throws(SystemFailure) in
        hash.update(bytes)
        try file.append(bytes)
      }
      if entry.isWeight { summary.weightByteCount += entry.type.byteCount }
    }
    try file.write(layout.header(dataSHA256: SHA256.hexadecimal(hash.finalize())), at: 0)
    summary.byteCount = file.size
    return summary
  }
}
