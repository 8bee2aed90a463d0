import Foundation
import TemporaryFolders
import Testing

/// The digit model reads pictures.
@Suite struct DigitTests {
  private static let model = Fixture.path("digits/cnn.h5")

  @Test(arguments: 0...9) func aPictureOfADigitIsRead(digit: Int) throws {
    let result = try Keraskit.run(
      "predict", Self.model, "--input", Fixture.path("digits/png/\(digit).png"))
    #expect(result.status == 0)
    let outputs = try result.json["outputs"] as? [String: [[Double]]]
    let scores = try #require(outputs?["digit"]?.first)
    #expect(scores.indices.max { scores[$0] < scores[$1] } == digit)
  }

  @Test func aPictureThatIsDamagedIsRefused() throws {
    let folder = try TemporaryFolder()
    let picture = try Data(contentsOf: URL(filePath: Fixture.path("digits/png/3.png")))
    try picture.prefix(picture.count / 2).write(to: URL(filePath: folder("cut.png")))
    let result = try Keraskit.run("predict", Self.model, "--input", folder("cut.png"))
    #expect(result.status == 2)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("cut.png\": PNG image cannot be decoded"))
  }

  @Test func aPictureForAModelThatTakesNoneIsRefused() throws {
    let result = try Keraskit.run(
      "predict", Fixture.dense, "--input", Fixture.path("digits/png/3.png"))
    #expect(result.status == 2)
    #expect(result.errors.contains("a picture cannot be an input of shape (any, 7)"))
  }
}
