extension String {
  /// The name of one class of a family that comes in several dimensions: `Conv#D` becomes `Conv2D`.
  func numbered(_ dimension: Int) -> String {
    split(separator: "#", omittingEmptySubsequences: false).joined(separator: "\(dimension)")
  }
}
