import Serving
import Testing

@Suite("Base64")
struct Base64Tests {
  @Test(
    "encodes and decodes RFC 4648's examples",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func examples(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
    #expect(Base64.decode(encoded.utf8.filter { $0 != UInt8(ascii: "=") }) == Array(text.utf8))
  }

  @Test("keeps every byte")
  func everyByte() {
    let bytes = (0...255).map { UInt8($0) }
    for count in 0...bytes.count {
      let part = Array(bytes.suffix(count))
      #expect(Base64.decode(Base64.encode(part).utf8) == part)
    }
  }

  @Test("refuses a byte that is no digit wherever it is")
  func strange() {
    let text = Array(
      Base64.encode((0..<20).map { $0 &* 37 }).utf8.prefix { $0 != UInt8(ascii: "=") })
    let digits = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for index in text.indices {
      for byte in 0...255 {
        var changed = text
        changed[index] = UInt8(byte)
        #expect(
          (Base64.decode(changed) != nil) == digits.contains(UInt8(byte)), "\(byte) at \(index)")
      }
    }
  }

  @Test(
    "refuses what is not Base64",
    arguments: ["Z", "Zg=", "Zm9vZ", "Zm 9", "Zm9=v", "====", "Zm9\n"])
  func malformed(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }
}
