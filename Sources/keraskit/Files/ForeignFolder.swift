#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What people take for a model's folder.
enum ForeignFolder {
  /// What the folder at `path` is; nil where there is none.
  static func description(_ path: String) -> String? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
        start.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    if names.contains(where: { $0.hasSuffix(".index") || $0 == "checkpoint" }) {
      return ForeignFile.checkpoint
    }
    let shown = names.sorted().prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.isEmpty ? "an empty folder" : "a folder with \(shown)"
  }
}
