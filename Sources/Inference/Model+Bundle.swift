public import Layers
import ModelFormat

extension Model {
  /// Loads a model from a bundle, whose file is mapped and stays so while the model lives.
  ///
  /// - Parameters:
  ///   - path: The bundle's path.
  ///   - catalog: The layers the model may use.
  ///   - threads: The threads that one prediction may use; by default as many as processors.
  ///   - passes: The rewritings that make it fast, by default all.
  ///   - exact: Whether to leave out methods that round more than Keras's own (Winograd's).
  /// - Throws: ``BundleError`` where the file is no sound bundle, ``ModelProblems`` where the model
  ///   cannot run.
  public convenience init(
    contentsOf path: String, catalog: LayerCatalog = .standard, threads: Int? = nil,
    passes: Set<GraphPass> = Set(GraphPass.allCases), exact: Bool = false
  ) throws {
    let bundle = try BundleReader(path: path)
    try self.init(bundle.contents, catalog: catalog, threads: threads, passes: passes, exact: exact)
  }
}
