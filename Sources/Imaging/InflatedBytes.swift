import CDeflate

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bytes of a zlib stream, in a place that is kept for the next one's: it is neither made clean
/// nor asked of the system again.
final class InflatedBytes: @unchecked Sendable {
  private let place: UnsafeMutableBufferPointer<UInt8>
  private let count: Int

  /// The bytes of a stream; nil where it is not sound or does not hold exactly `count` of them.
  init?(_ stream: UnsafeRawBufferPointer, count: Int) {
    place = KeptPlaces.shared.take(atLeast: count)
    self.count = count
    guard Self.inflate(stream, into: UnsafeMutableBufferPointer(rebasing: place[..<count])) else {
      return nil
    }
  }

  deinit {
    KeptPlaces.shared.giveBack(place)
  }

  /// Calls `body` with the bytes, which are there as long as it runs.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withExtendedLifetime(self) { body(UnsafeBufferPointer(rebasing: place[..<count])) }
  }

  /// Inflates a stream; false where it is not sound or does not hold exactly as many bytes.
  static func inflate(
    _ stream: UnsafeRawBufferPointer, into bytes: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    guard let decompressor = libdeflate_alloc_decompressor() else { return false }
    defer { libdeflate_free_decompressor(decompressor) }
    return libdeflate_zlib_decompress(
      decompressor, stream.baseAddress, stream.count, bytes.baseAddress, bytes.count, nil)
      == LIBDEFLATE_SUCCESS
  }
}

/// Places in memory for the next drawings.
///
/// Its lock is one that ThreadSanitizer knows.
private final class KeptPlaces: @unchecked Sendable {
  typealias Place = UnsafeMutableBufferPointer<UInt8>

  static let shared = KeptPlaces()
  private static let limit = 4
  /// The bytes of a place that is kept, enough for most drawings.
  private static let size = 1 << 20

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var places: [Place] = []

  private init() {
    pthread_mutex_init(mutex, nil)
  }

  func take(atLeast count: Int) -> Place {
    guard count <= Self.size else { return .allocate(capacity: count) }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return places.popLast() ?? .allocate(capacity: Self.size)
  }

  /// Keeps a place, or gives its memory back where it is another size or enough are kept.
  func giveBack(_ place: Place) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard place.count == Self.size, places.count < Self.limit else { return place.deallocate() }
    places.append(place)
  }
}
