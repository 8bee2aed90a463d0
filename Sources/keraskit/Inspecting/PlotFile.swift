import Inference
import ModelFormat

/// Where a drawing of a model's graph goes: `.svg` or `.dot`, by the file's name.
struct PlotFile {
  /// The file's path.
  let path: String
  private let isSVG: Bool

  /// The file at `path`.
  init(_ path: String) throws(UsageError) {
    let suffix = path.split(separator: ".").last?.lowercased()
    guard suffix == "svg" || suffix == "dot" else {
      throw UsageError(
        "\"--plot\": expected a name that ends in .svg or .dot, found \"\(path)\"")
    }
    self.path = path
    isSVG = suffix == "svg"
  }

  /// Draws the model.
  func write(_ report: ModelReport) throws(Failure) {
    let graph = ModelGraph(report)
    let text = isSVG ? GraphDrawing(graph).svg : graph.dot(named: report.model.name)
    try AtomicFile.write(Array(text.utf8), to: path)
  }
}
