import CDeflate
import CInflate

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bytes of a zlib stream, of which it is known where they are not zeros.
///
/// Where a drawing's are zeros nothing is written: they lie among zeros, which were there before. What
/// was written is made zeros again in the end, and the place is kept for the next drawing.
final class InflatedBytes: @unchecked Sendable {
  /// Streams of drawings are shorter by this factor, at least; others are inflated by libdeflate.
  private static let drawingsFactor = 16

  /// Outside of these there are zeros alone; in order.
  private(set) var spans: [cinflate_span] = []
  private let place: Place
  private let count: Int
  private var isSound = false

  /// The bytes of a stream; nil where it is not sound or does not hold exactly `count` of them.
  init?(_ stream: UnsafeRawBufferPointer, count: Int) {
    let isDrawing = stream.count < count / Self.drawingsFactor
    guard let place = isDrawing ? Place.ofZeros(count) : Place.ofAnything(count) else {
      return nil
    }
    self.place = place
    self.count = count
    isSound = isDrawing ? inflateDrawing(stream) : inflateAnything(stream)
    if !isSound { return nil }
  }

  private func inflateDrawing(_ stream: UnsafeRawBufferPointer) -> Bool {
    var isSound = false
    let capacity = cinflate_span_limit(count)
    spans = Array(unsafeUninitializedCapacity: capacity) { spans, spanCount in
      isSound = cinflate(
        stream.baseAddress, stream.count, place.start, count, spans.baseAddress, &spanCount)
    }
    return isSound
  }

  private func inflateAnything(_ stream: UnsafeRawBufferPointer) -> Bool {
    guard let decompressor = libdeflate_alloc_decompressor() else { return false }
    defer { libdeflate_free_decompressor(decompressor) }
    spans = [cinflate_span(start: 0, end: UInt32(count))]
    return libdeflate_zlib_decompress(
      decompressor, stream.baseAddress, stream.count, place.start, count, nil)
      == LIBDEFLATE_SUCCESS
  }

  deinit {
    // Nobody knows what was written of a stream that is not sound.
    place.giveBack(writtenTo: isSound ? spans : nil)
  }

  /// One of the bytes.
  subscript(index: Int) -> UInt8 { withBytes { $0[index] } }

  /// Calls `body` with the bytes, which are there as long as it runs.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withExtendedLifetime(self) { body(UnsafeBufferPointer(start: place.start, count: count)) }
  }
}

/// A place in memory.
private struct Place: @unchecked Sendable {
  /// The bytes of a place of zeros that is kept, enough for most drawings.
  private static let keptSize = 1 << 20

  let start: UnsafeMutablePointer<UInt8>
  private let isForKeeping: Bool

  private init?(_ start: UnsafeMutableRawPointer?, isForKeeping: Bool) {
    guard let start else { return nil }
    self.start = start.assumingMemoryBound(to: UInt8.self)
    self.isForKeeping = isForKeeping
  }

  /// A place for `count` bytes; nil where there is no memory.
  static func ofAnything(_ count: Int) -> Place? { Place(malloc(count), isForKeeping: false) }

  /// A place where there are `count` zeros and the padding; nil where there is no memory.
  static func ofZeros(_ count: Int) -> Place? {
    let size = count + cinflate_padding
    guard size <= keptSize else { return Place(calloc(size, 1), isForKeeping: false) }
    return KeptPlaces.shared.take() ?? Place(calloc(keptSize, 1), isForKeeping: true)
  }

  /// Keeps the place, or gives its memory back; nil stands for spans that nobody knows.
  func giveBack(writtenTo spans: [cinflate_span]?) {
    guard isForKeeping, let spans else { return free(start) }
    for span in spans {
      (start + Int(span.start)).update(repeating: 0, count: Int(span.end - span.start))
    }
    if !KeptPlaces.shared.keep(self) { free(start) }
  }
}

/// Places of zeros for the next drawings.
///
/// Its lock is one that ThreadSanitizer knows.
private final class KeptPlaces: @unchecked Sendable {
  static let shared = KeptPlaces()
  private static let limit = 4

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var places: [Place] = []

  private init() {
    pthread_mutex_init(mutex, nil)
  }

  func take() -> Place? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return places.popLast()
  }

  /// False where as many as are kept are kept already.
  func keep(_ place: Place) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard places.count < Self.limit else { return false }
    places.append(place)
    return true
  }
}
