#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A thread of the operating system.
struct SystemThread: @unchecked Sendable {
  private let handle: pthread_t

  /// Starts a thread that calls `body`; nil where the system has no more threads.
  init?(_ body: @escaping @Sendable () -> Void) {
    let closure = Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t(bitPattern: 0)
    #if canImport(Glibc)
      let status = pthread_create(&thread, nil, threadMain, closure.toOpaque())
    #else
      let status = pthread_create(&thread, nil, { threadMain($0) }, closure.toOpaque())
    #endif
    guard status == 0, let thread = Optional(thread) else {
      closure.release()
      return nil
    }
    handle = thread
  }

  /// Waits until the thread has ended; either this or ``detach()`` is called once.
  func join() {
    pthread_join(handle, nil)
  }

  /// Leaves the thread to itself.
  func detach() {
    pthread_detach(handle)
  }
}

private final class ThreadBody: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
  }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument {
    Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().body()
  }
  return nil
}
