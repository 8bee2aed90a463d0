import Foundation
import TemporaryFolders
import Testing

/// Every model that Keras made becomes a bundle that computes what Keras computed.
@Suite struct FixtureBundleTests {
  static let models = ["layers", "models"].flatMap { folder in
    let files = FileManager.default.enumerator(atPath: Fixture.path(folder))?.allObjects ?? []
    return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".h5") }.sorted()
      .map { "\(folder)/\($0.dropLast(3))" }
  }

  @Test(arguments: models) func theBundleIsVerified(model: String) throws {
    let folder = try TemporaryFolder()
    let conversion = try Keraskit.run(
      "convert", Fixture.path("\(model).h5"), "-o", folder("bundle"), "--reference",
      Fixture.path("\(model).npz"))
    #expect(conversion.errors == "")
    #expect(conversion.status == 0)
    let verification = try Keraskit.run("verify", folder("bundle"))
    #expect(verification.errors == "")
    #expect(verification.status == 0)
  }

  @Test func thereAreModelsToConvert() {
    #expect(Self.models.count >= 300)
  }
}
