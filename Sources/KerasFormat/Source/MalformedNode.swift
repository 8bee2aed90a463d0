/// A call in a file that cannot be made sense of.
struct MalformedNode: Error {
  /// What was expected and what was found.
  let reason: String
}
