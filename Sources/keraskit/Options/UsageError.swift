/// A command line that cannot be understood.
struct UsageError: Error, CustomStringConvertible {
  /// What was expected and what was found.
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
