#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An open file descriptor, closed when this value ends.
struct Descriptor: ~Copyable {
  let number: Int32

  /// Takes over an open descriptor.
  init(owning number: Int32) {
    self.number = number
  }

  /// The same file under a number of 10 or more, out of the way of the numbers that a child
  /// process is given; nil when the process has no descriptor left.
  init?(duplicating other: Int32) {
    let number = fcntl(other, F_DUPFD_CLOEXEC, 10)
    guard number >= 0 else { return nil }
    self.number = number
  }

  deinit {
    _ = close(number)
  }
}
