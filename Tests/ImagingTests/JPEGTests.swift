import Foundation
import Imaging
import Testing

@Suite("JPEG decoding")
struct JPEGTests {
  /// 16x8 pixels; the left half has the value 40, the right half 200.
  static let grey = data(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBw
    YGCAsICQoKCgoKBggLDAsKDAkKCgr/wAALCAAIABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL
    /8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJi
    coKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ip
    qrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APyfr+oCv//Z
    """)

  /// 16x8 pixels, progressive; the left half is red, the right half green.
  static let color = data(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBw
    YGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK
    CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wgARCAAIABADAREAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABwj/xA
    AWAQEBAQAAAAAAAAAAAAAAAAAHCAn/2gAMAwEAAhADEAAAARcpv6lC3Cv/xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oA
    CAEBAAEFAj//xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACAEDAQE/AT//xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACA
    ECAQE/AT//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEBAAY/Aj//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEB
    AAE/IT//2gAMAwEAAgADAAAAEAP/xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACAEDAQE/ED//xAAUEQEAAAAAAAAAAA
    AAAAAAAAAQ/9oACAECAQE/ED//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEBAAE/ED//2Q==
    """)

  /// 8x8 pixels in the inks of print, of which Pillow makes (191, 95, 0).
  static let print = data(
    """
    /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAW
    EBETFBUVFQwPFxgWFBgSFBUU/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAkCCP/EABQQ
    AQAAAAAAAAAAAAAAAAAAAAD/2gAOBEMATQBZAEsAAD8AVNAqmqH/2Q==
    """)

  private static func data(_ base64: String) -> [UInt8] {
    Array(Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
  }

  private func isNear(_ image: Image, x: Int, y: Int, _ expected: [Int]) -> Bool {
    let found = image.pixels[((y * image.width + x) * 4)...].prefix(4)
    return zip(found, expected).allSatisfy { abs(Int($0) - $1) <= 3 }
  }

  @Test("reads a baseline grey file")
  func baselineGrey() throws {
    let image = try Image(decoding: Self.grey)
    #expect(image.width == 16 && image.height == 8)
    #expect(isNear(image, x: 2, y: 4, [40, 40, 40, 255]))
    #expect(isNear(image, x: 13, y: 4, [200, 200, 200, 255]))
  }

  @Test("reads a progressive colour file")
  func progressiveColor() throws {
    let image = try Image(decoding: Self.color)
    #expect(image.width == 16 && image.height == 8)
    #expect(isNear(image, x: 2, y: 4, [255, 0, 0, 255]))
    #expect(isNear(image, x: 13, y: 4, [0, 255, 0, 255]))
  }

  @Test("reads a file of print's inks as Pillow does")
  func inks() throws {
    let image = try Image(decoding: Self.print)
    #expect(image.width == 8 && image.height == 8)
    #expect(isNear(image, x: 3, y: 3, [191, 95, 0, 255]))
  }

  @Test("refuses a size beyond the limits before it decodes")
  func bomb() throws {
    let frame = try #require(Self.grey.firstRange(of: [0xff, 0xc0]))
    var file = Self.grey
    file.replaceSubrange(
      frame.lowerBound + 5..<frame.lowerBound + 9, with: [0xea, 0x60, 0xea, 0x60])
    #expect { try Image(decoding: file) } throws: { error in
      "\(error)"
        == "image is 60000x60000 pixels, expected at most 4096 a side and 16777216 in all"
    }
  }

  @Test("refuses a file that is cut anywhere before its end marker")
  func truncated() {
    for length in 0..<Self.grey.count - 4 {
      #expect(throws: ImageError.self, "\(length) bytes") {
        try Image(decoding: Array(Self.grey.prefix(length)))
      }
    }
  }

  @Test("refuses what is neither PNG nor JPEG", arguments: ["", "GIF89a", "hello"])
  func unknown(text: String) {
    #expect { try Image(decoding: Array(text.utf8)) } throws: { error in
      "\(error)" == "image is neither a PNG nor a JPEG file"
    }
  }
}
