/// Reads a whole open file into a tree, entry by entry: what cannot or must not be read becomes an
/// entry that says why, and everything else stays usable.
final class TreeReader {
  /// Gives memory for one dataset.
  typealias Allocator = (_ byteCount: Int) throws(Problem) -> HDF5Bytes

  let name: String
  let fileSize: Int
  let limits: HDF5Limits
  let allocate: Allocator
  var dataBytes = 0
  private var attributeBytes = 0
  private var objectCount = 0
  private var ancestors: [UInt64] = []
  private let skipped: Set<String>
  private let file: OpenFile

  /// A reader of the file at `path`, which messages call `name`.
  init(
    path: String, name: String, fileSize: Int, options: HDF5ReadOptions,
    allocate: @escaping Allocator
  ) throws(Problem) {
    Library.prepare()
    file = try OpenFile(path: path)
    self.name = name
    self.fileSize = fileSize
    self.allocate = allocate
    limits = options.limits ?? HDF5Limits(fileSize: fileSize)
    skipped = Set(
      options.skipped.map { "/" + $0.split(separator: "/").joined(separator: "/") })
  }

  /// The root group, and with it everything.
  func read() throws(HDF5Error) -> HDF5Group {
    do throws(Problem) {
      let root = try file.root()
      return try group(root, at: try root.address(), path: "/")
    } catch {
      throw self.error(error, path: "/")
    }
  }

  func error(_ problem: Problem, path: String) -> HDF5Error {
    HDF5Error(problem, file: name, path: path)
  }

  /// Takes `byteCount` bytes of what attributes may have in all.
  func chargeAttribute(_ byteCount: Int) throws(Problem) {
    guard byteCount <= limits.attributeBytes - attributeBytes else {
      throw Problem(
        .refused, "attributes hold more than the limit of \(limits.attributeBytes) bytes")
    }
    attributeBytes += byteCount
  }

  /// Takes `count` of what the file may hold of things in all.
  func chargeObjects(_ count: Int) throws(Problem) {
    guard count <= limits.objects - objectCount else {
      throw Problem(
        .refused, "the file holds more than the limit of \(limits.objects) objects")
    }
    objectCount += count
  }

  private func group(
    _ object: borrowing OpenObject, at address: UInt64, path: String
  ) throws(Problem) -> HDF5Group {
    guard !ancestors.contains(address) else {
      throw Problem(.refused, "the group holds itself")
    }
    guard ancestors.count < limits.depth else {
      throw Problem(.refused, "groups nest deeper than the limit of \(limits.depth)")
    }
    ancestors.append(address)
    defer { ancestors.removeLast() }
    let attributes = try attributes(of: object, path: path)
    let links = try object.links()
    try chargeObjects(links.count)
    var entries: [String: HDF5Entry] = [:]
    for link in links {
      let path = path == "/" ? "/\(link.name)" : "\(path)/\(link.name)"
      let isTaken = entries[link.name] != nil
      entries[link.name] = isTaken ? ambiguous(path) : entry(link.target, path: path)
    }
    return HDF5Group(file: name, path: path, attributes: attributes, entries: entries)
  }

  /// What stands for names that differ in the file but not as text.
  private func ambiguous(_ path: String) -> HDF5Entry {
    .unavailable(error(Problem(.damaged, "several names in the file read like this"), path: path))
  }

  private func entry(_ target: Link.Target, path: String) -> HDF5Entry {
    do throws(Problem) {
      if skipped.contains(path) { throw Problem(.skipped, "was left out when reading") }
      switch target {
      case .object(let address): return try object(at: address, path: path)
      case .softLink: throw Problem(.refused, "soft links are not followed")
      case .externalLink: throw Problem(.refused, "links to other files are not followed")
      case .userDefined: throw Problem(.refused, "user-defined links are not followed")
      }
    } catch {
      return .unavailable(self.error(error, path: path))
    }
  }

  private func object(at address: UInt64, path: String) throws(Problem) -> HDF5Entry {
    let object = try file.object(at: address)
    switch object.kind {
    case .group:
      return .group(try group(object, at: address, path: path))
    case .dataset:
      let attributes = try attributes(of: object, path: path)
      return .dataset(try dataset(object, attributes: attributes, path: path))
    case .other:
      throw Problem(.unsupported, "is neither a group nor a dataset")
    }
  }
}
