import CDeflate

/// Builds PNG files of every kind from plain samples, without a PNG library.
struct PNGBuilder {
  enum Color: UInt8, CaseIterable, Sendable {
    case grey = 0
    case rgb = 2
    case palette = 3
    case greyAlpha = 4
    case rgba = 6

    var channels: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }

    var depths: [Int] {
      switch self {
      case .grey: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      default: [8, 16]
      }
    }
  }

  var width: Int
  var height: Int
  var color: Color
  var depth: Int
  var interlaced = false
  /// Whether the rows are compressed, as programs do, or stored.
  var isCompressed = false
  /// Chunks between the header and the data.
  var extra: [(name: String, data: [UInt8])] = []
  /// The filter of a row.
  var filter: (_ y: Int) -> Int = { _ in 0 }
  /// A zlib stream in place of that of the rows.
  var givenData: [UInt8]?
  /// The sample of a channel at a place.
  var sample: (_ x: Int, _ y: Int, _ channel: Int) -> Int

  /// The whole file.
  var file: [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    let header =
      Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height))
      + [UInt8(depth), color.rawValue, 0, 0, interlaced ? 1 : 0]
    bytes += Self.chunk("IHDR", header)
    for chunk in extra { bytes += Self.chunk(chunk.name, chunk.data) }
    bytes += Self.chunk("IDAT", data)
    return bytes + Self.chunk("IEND", [])
  }

  /// The filtered rows as a zlib stream.
  var data: [UInt8] {
    givenData ?? (isCompressed ? Self.deflate(scanlines) : Self.deflateStored(scanlines))
  }

  private var scanlines: [UInt8] {
    guard interlaced else { return pass(x: 0, y: 0, dx: 1, dy: 1) }
    let adam7 = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    return adam7.flatMap { pass(x: $0.0, y: $0.1, dx: $0.2, dy: $0.3) }
  }

  private func pass(x startX: Int, y startY: Int, dx: Int, dy: Int) -> [UInt8] {
    var (bytes, above) = ([UInt8](), [UInt8]())
    guard startX < width else { return bytes }
    for y in stride(from: startY, to: height, by: dy) {
      let row = row(y, x: startX, dx: dx)
      bytes += [UInt8(filter(y))] + filtered(row, above, filter(y))
      above = row
    }
    return bytes
  }

  private func row(_ y: Int, x startX: Int, dx: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var (bits, count) = (0, 0)
    for x in stride(from: startX, to: width, by: dx) {
      for channel in 0..<color.channels {
        bits = bits << depth | sample(x, y, channel)
        count += depth
        while count >= 8 {
          bytes.append(UInt8(bits >> (count - 8) & 255))
          count -= 8
        }
      }
    }
    if count > 0 { bytes.append(UInt8(bits << (8 - count) & 255)) }
    return bytes
  }

  /// A row less what its filter foretells, as the standard defines it.
  private func filtered(_ row: [UInt8], _ above: [UInt8], _ kind: Int) -> [UInt8] {
    let size = max(1, color.channels * depth / 8)
    return row.indices.map { index in
      let a = index < size ? 0 : Int(row[index - size])
      let b = above.isEmpty ? 0 : Int(above[index])
      let c = above.isEmpty || index < size ? 0 : Int(above[index - size])
      let foretold: Int
      switch kind {
      case 1: foretold = a
      case 2: foretold = b
      case 3: foretold = (a + b) / 2
      case 4:
        let p = a + b - c
        let distances = [abs(p - a), abs(p - b), abs(p - c)]
        foretold =
          distances[0] <= min(distances[1], distances[2]) ? a : distances[1] <= distances[2] ? b : c
      default: foretold = 0
      }
      return UInt8(truncatingIfNeeded: Int(row[index]) - foretold)
    }
  }

  static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(crc(body))
  }

  private static func deflate(_ data: [UInt8]) -> [UInt8] {
    let compressor = libdeflate_alloc_compressor(6)
    defer { libdeflate_free_compressor(compressor) }
    let capacity = libdeflate_zlib_compress_bound(compressor, data.count)
    return [UInt8](unsafeUninitializedCapacity: capacity) { bytes, count in
      count = libdeflate_zlib_compress(
        compressor, data, data.count, bytes.baseAddress, bytes.count)
    }
  }

  /// A zlib stream whose blocks are stored as they are.
  static func deflateStored(_ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x78, 0x01]
    var rest = data[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(block.count)
      let (low, high) = (UInt8(block.count & 255), UInt8(block.count >> 8))
      bytes += [rest.isEmpty ? 1 : 0, low, high, ~low, ~high] + block
    } while !rest.isEmpty
    return bytes + bigEndian(adler(data))
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> UInt32($0) & 255) }
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }

  private static func adler(_ bytes: [UInt8]) -> UInt32 {
    var (a, b) = (UInt32(1), UInt32(0))
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return b << 16 | a
  }
}
