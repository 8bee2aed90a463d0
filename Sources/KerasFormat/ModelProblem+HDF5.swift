import HDF5
import ModelFormat

extension ModelProblem {
  /// The problem that a part of an HDF5 file could not be read.
  init(_ error: HDF5Error, layer: String? = nil, className: String? = nil) {
    let kind: Kind =
      switch error.kind {
      case .unsupported, .skipped: .unsupported
      default: .invalid
      }
    let place = error.path.isEmpty ? "" : "\"\(error.path)\": "
    self.init(kind, layer: layer, className: className, reason: place + error.reason)
  }
}
