/// The models that `serve` is told of: operands, those of a file, and all that are in a folder.
struct ServedModels {
  let operands: [ServedPath]
  /// A file that lists models.
  let config: String?
  /// A folder whose bundles, and whose folders of versions, are models.
  let folder: String?

  /// Whether there is a place to find models at.
  var isNamed: Bool { !operands.isEmpty || config != nil || folder != nil }

  /// The models that there are at present.
  func paths() throws -> [ServedPath] {
    var paths = operands
    if let config { paths += try ServeFile(path: config, known: ServeOptions.inFile).models }
    if let folder { paths += try Self.paths(in: folder) }
    guard !paths.isEmpty else {
      if let folder { throw Failure.badFile(folder, "there is no model in it") }
      throw UsageError("there is no model to serve")
    }
    var names: Set<String> = []
    for path in paths where !names.insert(path.name).inserted {
      throw UsageError("two models are named \"\(path.name)\"; name one with FILE=NAME")
    }
    return paths
  }

  /// The bundles and the folders in a folder, but for a file system's own `lost+found`: a folder that
  /// no model's name is, and in which nothing can be seen.
  private static func paths(in folder: String) throws -> [ServedPath] {
    guard let names = Folder.names(in: folder) else {
      throw Failure.badFile(folder, "expected a folder of models")
    }
    return try names.filter { name in
      let path = folder + "/" + name
      guard Folder.isFolder(path) else { return name.hasSuffix(".safetensors") }
      return ServedPath.isName(name) || Folder.names(in: path)?.isEmpty == false
    }.map { try ServedPath(path: folder + "/" + $0) }
  }
}
