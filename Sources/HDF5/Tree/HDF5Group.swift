/// One group of a file: its attributes and what it holds, by name.
///
/// The root group stands for the whole file.
public struct HDF5Group: Sendable {
  /// The file, as the caller named it.
  public let file: String
  /// The absolute path inside the file; `/` for the root.
  public let path: String
  /// The attributes.
  public let attributes: HDF5Attributes
  /// What the group holds, by name.
  ///
  /// Names that are not UTF-8 are repaired.
  public let entries: [String: HDF5Entry]

  /// The names of what the group holds, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// What stands at a `/`-separated path below this group; the group itself for an empty path.
  public func entry(at path: String) throws(HDF5Error) -> HDF5Entry {
    var group = self
    var entry = HDF5Entry.group(self)
    for component in path.split(separator: "/").lazy.map(String.init) {
      group = try Self.group(entry, at: group)
      guard let next = group.entries[component] else { throw group.missing(component) }
      entry = next
    }
    if case .unavailable(let error) = entry { throw error }
    return entry
  }

  /// The group at a `/`-separated path below this one.
  public func group(at path: String) throws(HDF5Error) -> HDF5Group {
    try Self.group(entry(at: path), at: self)
  }

  /// The dataset at a `/`-separated path below this group.
  public func dataset(at path: String) throws(HDF5Error) -> HDF5Dataset {
    switch try entry(at: path) {
    case .dataset(let dataset): return dataset
    case .unavailable(let error): throw error
    case .group(let group):
      throw HDF5Error(
        Problem(.mismatched, "expected a dataset, found a group"), file: file, path: group.path)
    }
  }

  /// Whether something, readable or not, stands at a `/`-separated path below this group.
  public func contains(_ path: String) -> Bool {
    do {
      _ = try entry(at: path)
      return true
    } catch {
      return error.kind != .missing && error.kind != .mismatched
    }
  }

  private static func group(_ entry: HDF5Entry, at parent: HDF5Group) throws(HDF5Error) -> HDF5Group
  {
    switch entry {
    case .group(let group): return group
    case .unavailable(let error): throw error
    case .dataset(let dataset):
      throw HDF5Error(
        Problem(.mismatched, "expected a group, found a dataset"), file: parent.file,
        path: dataset.path)
    }
  }

  private func missing(_ name: String) -> HDF5Error {
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    let more = entries.count > 8 ? " and \(entries.count - 8) more" : ""
    let held = entries.isEmpty ? "it is empty" : "it holds \(shown)\(more)"
    return HDF5Error(Problem(.missing, "has no '\(name)'; \(held)"), file: file, path: path)
  }
}
