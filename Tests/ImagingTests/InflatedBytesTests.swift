import CInflate
import CZlib
import Testing

@testable import Imaging

@Suite("Inflating")
struct InflatedBytesTests {
  /// How zlib deflates: its level, its strategy, and the bits of its window.
  struct Way: Sendable {
    let level: Int32
    let strategy: Int32
    let windowBits: Int32

    static let all: [Way] = (0...9).flatMap { level in
      [Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED].map {
        Way(level: level, strategy: $0, windowBits: level % 2 == 0 ? 15 : 10)
      }
    }
  }

  /// Bytes of several kinds: noise, few values, repetitions, a drawing's rows, zeros.
  private func samples(_ random: inout some RandomNumberGenerator) -> [[UInt8]] {
    var repeated = (0..<5000).map { _ in UInt8(0) }
    let period = Int.random(in: 1...70, using: &random)
    for index in repeated.indices {
      repeated[index] =
        index < period || Int.random(in: 0..<90, using: &random) == 0
        ? UInt8.random(in: 0...255, using: &random) : repeated[index - period]
    }
    let rows = (0..<40_000).map { index -> UInt8 in
      if index % 1601 == 0 { return 2 }
      let isInked = (700..<730).contains(index % 1601)
      return isInked ? UInt8.random(in: 0...255, using: &random) : 0
    }
    return [
      [], [0], [7], (0..<3000).map { _ in .random(in: 0...255, using: &random) },
      (0..<9000).map { _ in .random(in: 0...2, using: &random) }, repeated, rows,
      Array(repeating: 0, count: 70_000),
    ]
  }

  private func deflate(_ bytes: [UInt8], _ way: Way) -> [UInt8] {
    var (bytes, stream) = (bytes, z_stream())
    deflateInit2_(
      &stream, way.level, Z_DEFLATED, way.windowBits, 8, way.strategy, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var deflated = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))) + 64)
    let count = bytes.count
    bytes.withUnsafeMutableBufferPointer { input in
      deflated.withUnsafeMutableBufferPointer { output in
        (stream.next_in, stream.next_out) = (input.baseAddress, output.baseAddress)
        (stream.avail_in, stream.avail_out) = (uInt(count / 2), uInt(output.count))
        _ = CZlib.deflate(&stream, Z_SYNC_FLUSH)
        stream.avail_in = uInt(count - count / 2)
        _ = CZlib.deflate(&stream, Z_FINISH)
      }
    }
    return Array(deflated.prefix(Int(stream.total_out)))
  }

  /// What zlib makes of a stream that holds `count` bytes; nil where it does not take it.
  private func inflateByZlib(_ stream: [UInt8], count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count + 1)
    var length = uLong(count)
    guard uncompress(&bytes, &length, stream, uLong(stream.count)) == Z_OK, length == count else {
      return nil
    }
    return Array(bytes.prefix(count))
  }

  /// What a stream holds, and where that is not zeros; nil where it is refused.
  private func inflate(
    _ stream: [UInt8], count: Int
  ) -> (bytes: [UInt8], spans: [cinflate_span])? {
    var bytes = [UInt8](repeating: 0, count: count + cinflate_padding)
    var spans = [cinflate_span](repeating: cinflate_span(), count: cinflate_span_limit(count))
    var spanCount = 0
    guard cinflate(stream, stream.count, &bytes, count, &spans, &spanCount) else { return nil }
    #expect(bytes[count...].allSatisfy { $0 == 0 })
    return (Array(bytes.prefix(count)), Array(spans.prefix(spanCount)))
  }

  @Test("inflates what zlib deflates, and tells where there are zeros alone", arguments: Way.all)
  func sound(way: Way) throws {
    var random = SystemRandomNumberGenerator()
    for bytes in samples(&random) {
      let stream = deflate(bytes, way)
      let inflated = try #require(inflate(stream, count: bytes.count))
      #expect(inflated.bytes == bytes)
      var rest = bytes
      for span in inflated.spans {
        #expect(span.start < span.end && rest[Int(span.start)] != 0)
        for index in span.start..<span.end { rest[Int(index)] = 0 }
      }
      #expect(rest.allSatisfy { $0 == 0 })
      for (one, next) in zip(inflated.spans, inflated.spans.dropFirst()) {
        #expect(next.start >= one.end + UInt32(cinflate_gap))
      }
      for count in [bytes.count - 1, bytes.count + 1] where count >= 0 {
        #expect(inflate(stream, count: count) == nil)
      }
    }
  }

  @Test("takes of damaged streams what zlib takes, and refuses all that are cut")
  func damaged() throws {
    var random = SystemRandomNumberGenerator()
    for way in Way.all.filter({ $0.windowBits == 15 }) {
      for bytes in samples(&random) where bytes.count < 10_000 {
        let stream = deflate(bytes, way)
        for _ in 0..<20 {
          var damaged = stream
          // The first bytes tell most of the rest.
          let place = Int.random(in: 0..<min(stream.count, Bool.random() ? 40 : 9000))
          damaged[place] = .random(in: 0...255, using: &random)
          let expected = inflateByZlib(damaged, count: bytes.count)
          #expect(inflate(damaged, count: bytes.count)?.bytes == expected)
        }
        for count in Set([0, 1, 2, 5, stream.count / 2, stream.count - 4, stream.count - 1]) {
          #expect(inflate(Array(stream.prefix(max(0, count))), count: bytes.count) == nil)
        }
      }
    }
  }

  @Test("finds zeros where another drawing has been")
  func places() {
    let way = Way(level: 6, strategy: Z_DEFAULT_STRATEGY, windowBits: 15)
    func inflate(_ stream: [UInt8], _ count: Int) -> [UInt8]? {
      stream.withUnsafeBytes { InflatedBytes($0, count: count)?.withBytes(Array.init) }
    }
    let zeros = [UInt8](repeating: 0, count: 60_000)
    let noise = (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 40_503 >> 7) }
    for bytes in [noise, noise + zeros, zeros, zeros + noise + zeros, zeros, zeros + zeros] {
      var stream = deflate(bytes, way)
      #expect(inflate(stream, bytes.count) == bytes)
      stream[stream.count - 1] ^= 1
      #expect(inflate(stream, bytes.count) == nil)
      #expect(inflate(deflate(zeros, way), zeros.count) == zeros)
    }
  }
}
