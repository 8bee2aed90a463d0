import ModelFormat
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The tensors in a TensorFlow checkpoint: an index, `NAME.index`, and the numbers in
/// `NAME.data-00000-of-00001`, one after the other.
///
/// TensorFlow: `tensorflow/core/util/tensor_bundle`, `tensorflow/core/protobuf/tensor_bundle.proto`:
/// a header {1 `num_shards`, 2 `endianness`} and entries {1 `dtype`, 2 `shape`, 3 `shard_id`, 4
/// `offset`, 5 `size`, 6 `crc32c`, 7 `slices`}.
struct CheckpointFile: Sendable {
  /// Where a tensor lies.
  fileprivate struct Entry: Sendable {
    let type: UInt64
    let sizes: [Int]
    let shard: Int
    let offset: Int
    let size: Int
    let checksum: UInt32
    let isSliced: Bool
  }

  /// How the index's name ends.
  static let ending = ".index"

  private let files: FolderFiles
  private let name: String
  private let shards: Int
  private let entries: [String: Entry]

  /// The checkpoint of that name, without the ending, in a folder.
  init(_ name: String, in files: FolderFiles) throws(ModelProblem) {
    self.files = files
    self.name = name
    let index = name + Self.ending
    let table: SortedTable
    do {
      table = try SortedTable(try files.data(of: index))
    } catch let damage as SortedTable.Damage {
      throw ModelProblem(.invalid, option: index, reason: damage.reason)
    } catch {
      throw error as? ModelProblem ?? ModelProblem(.invalid, option: index, reason: "\(error)")
    }
    guard let first = table.entries.first, first.key.isEmpty,
      let header = ProtocolMessage(first.value)
    else { throw ModelProblem(.invalid, option: index, reason: SortedTable.Damage.block.reason) }
    guard header.number(2) ?? 0 == 0 else {
      throw ModelProblem(.unsupported, option: index, reason: "numbers with the high byte first")
    }
    shards = Int(truncatingIfNeeded: header.number(1) ?? 0)
    entries = Dictionary(
      table.entries.dropFirst().compactMap { entry in
        ProtocolMessage(entry.value).map { (entry.key, Entry($0)) }
      }, uniquingKeysWith: { $1 })
  }

  /// Whether there is a tensor of that name.
  func contains(_ key: String) -> Bool { entries[key] != nil }

  /// The tensor of that name.
  func tensor(_ key: String) throws(ModelProblem) -> Tensor {
    let entry = try entry(key)
    guard let type = Self.elementTypes[entry.type], !entry.isSliced else {
      throw ModelProblem(
        .unsupported, option: key,
        reason: entry.isSliced
          ? "a variable in slices; in Python, save the model again without sharding"
          : "elements of type \(entry.type)")
    }
    let shape = Shape(entry.sizes)
    guard shape.rank <= CPUKernels.maximumRank, entry.sizes.allSatisfy({ $0 >= 0 }),
      let count = shape.elementCount(atMost: Int.max / type.byteCount),
      count * type.byteCount == entry.size
    else {
      throw damage(key, "expected \(entry.sizes) of \(type), found \(entry.size) bytes")
    }
    let storage = try storage(entry, key)
    guard CRC32C.masked(storage.bytes) == entry.checksum else {
      throw damage(key, "the numbers are not those that the checksum was made of")
    }
    return Tensor(TensorType(shape, type), storage: storage)
  }

  /// The text of that name, which is one string.
  func text(_ key: String) throws(ModelProblem) -> [UInt8] {
    let storage = try storage(try entry(key), key)
    let bytes = withExtendedLifetime(storage) { Array(storage.bytes) }
    var rest = bytes[...]
    // A checksum of the length stands between it and the text.
    guard let count = rest.popVarint(), case let text = rest.dropFirst(4), text.count == count
    else { throw damage(key, "expected one string, found \(bytes.count) bytes of another form") }
    return Array(text)
  }

  private func entry(_ key: String) throws(ModelProblem) -> Entry {
    guard let entry = entries[key] else {
      throw ModelProblem(
        .invalid, option: name + Self.ending, reason: "expected \"\(key)\", found none")
    }
    return entry
  }

  private func storage(_ entry: Entry, _ key: String) throws(ModelProblem) -> TensorStorage {
    let name = name(ofShard: entry.shard)
    let file = try files.opened(name)
    var status = stat()
    guard fstat(file.descriptor, &status) == 0, entry.offset >= 0, entry.size >= 0,
      entry.offset <= Int(status.st_size), entry.size <= Int(status.st_size) - entry.offset
    else {
      throw damage(
        key,
        "expected \(entry.size) bytes from \(entry.offset) on in \"\(name)\", found "
          + "\(status.st_size) in all")
    }
    let storage = TensorStorage(uninitialized: entry.size)
    var done = 0
    while done < entry.size {
      let read = pread(
        file.descriptor, storage.bytes.baseAddress.map { $0 + done }, entry.size - done,
        off_t(entry.offset + done))
      guard read > 0 else { throw damage(key, "\(SystemFailure("read"))") }
      done += read
    }
    return storage
  }

  /// The names of the files that hold the numbers.
  var shardNames: [String] { (0..<max(0, min(shards, 100_000))).map(name(ofShard:)) }

  private func name(ofShard number: Int) -> String {
    func digits(_ number: Int) -> String {
      String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)"
    }
    return "\(name).data-\(digits(number))-of-\(digits(shards))"
  }

  private func damage(_ key: String, _ reason: String) -> ModelProblem {
    ModelProblem(.invalid, option: key, reason: reason)
  }

  /// TensorFlow's numbers of types: `tensorflow/core/framework/types.proto`.
  private static let elementTypes: [UInt64: ElementType] = [
    1: .float32, 2: .float64, 3: .int32, 4: .uint8, 5: .int16, 6: .int8, 9: .int64, 10: .bool,
    14: .bfloat16, 17: .uint16, 19: .float16, 22: .uint32, 23: .uint64,
  ]
}

extension CheckpointFile.Entry {
  fileprivate init(_ message: ProtocolMessage) {
    func int(_ field: Int) -> Int { Int(truncatingIfNeeded: message.number(field) ?? 0) }
    type = message.number(1) ?? 0
    sizes = (message.messages(2).last?.messages(2) ?? []).map {
      Int(truncatingIfNeeded: $0.number(1) ?? 0)
    }
    shard = int(3)
    offset = int(4)
    size = int(5)
    checksum = UInt32(truncatingIfNeeded: message.number(6) ?? 0)
    isSliced = !message.messages(7).isEmpty
  }
}

extension SortedTable.Damage {
  fileprivate var reason: String {
    switch self {
    case .noFooter: "expected the index of a TensorFlow checkpoint, found another or a cut file"
    case .block: "the index is damaged"
    case .compressed: "the index is compressed"
    }
  }
}
