#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A value that threads change one at a time and can wait for.
///
/// It is made of POSIX's locks, which ThreadSanitizer knows, unlike those of `Synchronization`. A value
/// of no size has the address of the monitor itself, whose reading ThreadSanitizer takes for its own.
final class Monitor<Value>: @unchecked Sendable {
  private var value: Value
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// The clock of waits, which nobody sets back where the system lets it be chosen.
  #if canImport(Glibc)
    private static var clock: clockid_t { CLOCK_MONOTONIC }
  #else
    private static var clock: clockid_t { CLOCK_REALTIME }
  #endif

  /// A monitor of a value.
  init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    #if canImport(Glibc)
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, Self.clock)
      pthread_cond_init(changed, &attributes)
      pthread_condattr_destroy(&attributes)
    #else
      pthread_cond_init(changed, nil)
    #endif
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(changed)
    mutex.deallocate()
    changed.deallocate()
  }

  /// Which of the threads that wait look at a changed value.
  enum Wakened {
    case one
    case all
  }

  /// Calls `body` with the value, which no other thread sees meanwhile; those that wait look again.
  func withLock<Result>(waking: Wakened = .all, _ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let result = body(&value)
    switch waking {
    case .one: pthread_cond_signal(changed)
    case .all: pthread_cond_broadcast(changed)
    }
    return result
  }

  /// Waits until `take` gives something.
  func wait<Result>(_ take: (inout Value) -> Result?) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = take(&value) { return result }
      pthread_cond_wait(changed, mutex)
    }
  }

  /// Waits until `take` gives something, or gives nil when the time is over.
  func wait<Result>(seconds: Double, _ take: (inout Value) -> Result?) -> Result? {
    var deadline = timespec()
    clock_gettime(Self.clock, &deadline)
    let nanoseconds = deadline.tv_nsec + Int(seconds.truncatingRemainder(dividingBy: 1) * 1e9)
    deadline.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
    deadline.tv_nsec = nanoseconds % 1_000_000_000

    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = take(&value) { return result }
      if pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT { return take(&value) }
    }
  }
}
