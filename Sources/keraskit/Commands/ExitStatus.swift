/// What the program's exit status says.
enum ExitStatus: Int32, Error {
  /// All is done.
  case done = 0
  /// A check failed: results differ, or the model holds what is not supported.
  case checkFailed = 1
  /// A file is missing, damaged or of the wrong kind.
  case badFile = 2
  /// The command line cannot be understood.
  case usage = 64
}
