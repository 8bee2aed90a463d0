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
    #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
  }

  @Test(
    "refuses what is not Base64",
    arguments: ["Z", "Zg=", "Zm9vZ", "Zm 9", "Zm9=v", "====", "Zm9\n"])
  func malformed(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }
}
