import Inference
import Serving

/// A model's bundles in the file system: one file, which is version 1, or a folder of versions,
/// `1/NAME.safetensors`, `2/NAME.safetensors`…, or a folder of one bundle.
struct BundleSource: ModelSource {
  private let served: ServedPath
  private let loader: BundleLoader

  init(_ served: ServedPath, _ loader: BundleLoader) {
    self.served = served
    self.loader = loader
  }

  var name: String { served.name }
  var labels: [String: Int] { served.labels }
  var policy: VersionPolicy { served.versions }

  var configuration: String {
    let labels = served.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "\(served.path) \(served.versions) \(labels)"
  }

  func versions() throws(ModelSourceError) -> [Int: String] {
    var stamps: [Int: String] = [:]
    for (number, path) in try bundles() {
      guard let stamp = Folder.stamp(of: path) else {
        throw ModelSourceError("\"\(path)\": there is no such file")
      }
      stamps[number] = stamp
    }
    return stamps
  }

  func load(_ version: Int) throws(ModelSourceError) -> ServedModel {
    guard let path = try bundles()[version] else {
      throw ModelSourceError("\"\(served.path)\": there is no version \(version)")
    }
    return try loader.load(path, name: name, version: version)
  }

  /// The bundles of the versions that are served.
  private func bundles() throws(ModelSourceError) -> [Int: String] {
    guard Folder.isFolder(served.path) else { return try chosen([1: served.path]) }
    let names = Folder.names(in: served.path) ?? []
    var found: [Int: String] = [:]
    for name in names {
      guard name.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(name),
        let bundle = try Self.bundle(in: served.path + "/" + name)
      else { continue }
      found[number] = bundle
    }
    if found.isEmpty, let bundle = try Self.bundle(in: served.path) { found[1] = bundle }
    guard !found.isEmpty else {
      throw ModelSourceError(
        "\"\(served.path)\": expected a bundle, or versions such as 1/NAME.safetensors")
    }
    return try chosen(found)
  }

  private func chosen(_ found: [Int: String]) throws(ModelSourceError) -> [Int: String] {
    let wanted: Set<Int>
    switch served.versions {
    case .all: return found
    case .latest: wanted = Set([found.keys.max()].compactMap(\.self) + labels.values)
    case .some(let numbers): wanted = Set(numbers)
    }
    if let missing = wanted.sorted().first(where: { found[$0] == nil }) {
      throw ModelSourceError("\"\(served.path)\": there is no version \(missing)")
    }
    return found.filter { wanted.contains($0.key) }
  }

  private static func bundle(in folder: String) throws(ModelSourceError) -> String? {
    let bundles = (Folder.names(in: folder) ?? []).filter { $0.hasSuffix(".safetensors") }
    guard bundles.count <= 1 else {
      throw ModelSourceError("\"\(folder)\": expected one bundle, found \(bundles.count)")
    }
    return bundles.first.map { folder + "/" + $0 }
  }
}
