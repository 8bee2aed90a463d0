import ModelFormat
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  @Test(
    "hashes the standard's examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
          + "lmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
    ])
  func standardExamples(text: String, expected: String) {
    #expect(Array(text.utf8).withUnsafeBytes(SHA256.hexDigest(of:)) == expected)
  }

  @Test("hashes many blocks")
  func manyBlocks() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(bytes.withUnsafeBytes(SHA256.hexDigest(of:)) == expected)
  }

  @Test(
    "gives the same hash however the bytes are split",
    arguments: [1, 7, 55, 56, 63, 64, 65, 119, 128, 200])
  func pieces(size: Int) {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var hash = SHA256()
    for start in stride(from: 0, to: bytes.count, by: size) {
      bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { hash.update($0) }
    }
    let whole = bytes.withUnsafeBytes(SHA256.digest(of:))
    #expect(hash.finalize() == whole)
  }

  @Test("pads every length of a last block", arguments: 0..<130)
  func padding(length: Int) {
    let bytes = [UInt8](repeating: 0x5a, count: length)
    var hash = SHA256()
    for byte in bytes {
      withUnsafeBytes(of: byte) { hash.update($0) }
    }
    #expect(hash.finalize() == bytes.withUnsafeBytes(SHA256.digest(of:)))
  }
}
