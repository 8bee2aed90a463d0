import CHDF5

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The limits that the child puts on itself before it looks at the file.
enum Confinement {
  /// Gives up everything that reading one file does not need; false when that is not possible.
  static func apply(_ arguments: ChildArguments, firstForeignDescriptor: Int32) -> Bool {
    guard chdf5_confine(firstForeignDescriptor) == 0 else { return false }
    let seconds = arguments.limits.processorSeconds
    return limit(RLIMIT_CORE, to: 0)
      && limit(RLIMIT_CPU, to: seconds, killingAt: seconds + 1)
      && limit(RLIMIT_NOFILE, to: 16)
      && limit(RLIMIT_FSIZE, to: arguments.capacity)
      && limit(RLIMIT_AS, to: arguments.limits.memoryBytes + arguments.capacity)
  }

  #if canImport(Glibc)
    private typealias Resource = __rlimit_resource
  #else
    private typealias Resource = Int32
  #endif

  /// Sets a limit that the process cannot raise again, unless to `hard`: at the soft limit the
  /// kernel says which limit it was, at the hard one it kills.
  private static func limit(
    _ resource: Resource, to most: Int, killingAt hard: Int? = nil
  ) -> Bool {
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(resource.rawValue)
    #endif
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return false }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(most))
    limit.rlim_max = min(limit.rlim_max, rlim_t(hard ?? most))
    return setrlimit(resource, &limit) == 0
  }
}
