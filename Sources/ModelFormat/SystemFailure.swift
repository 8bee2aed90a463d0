#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An operation that the operating system refused.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was tried: `open`, `write`.
  package let operation: String
  /// Why it failed.
  package let reason: String

  /// The failure of `operation`, for the reason that `errno` tells.
  package init(_ operation: String) {
    self.init(operation, reason: String(cString: strerror(errno)).lowercasedFirst)
  }

  /// The failure of `operation` for the given reason.
  package init(_ operation: String, reason: String) {
    self.operation = operation
    self.reason = reason
  }

  /// The failure as in `cannot open: no such file or directory`.
  package var description: String { "cannot \(operation): \(reason)" }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
