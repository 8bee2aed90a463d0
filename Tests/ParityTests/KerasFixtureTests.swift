import Inference
import Layers
import ModelFormat
import Parity
import Testing

/// Every model that Keras made for these tests computes what Keras computed.
@Suite struct KerasFixtureTests {
  @Test(arguments: KerasFixture.all)
  func everyValueAgreesWithKeras(fixture: KerasFixture) throws {
    let check = ParityCheck(try Model(fixture.contents()))
    let report = try check(fixture.reference())
    #expect(report.rows.filter { !$0.passes }.map(\.explanation) == [])
    #expect(!report.rows.isEmpty)
    #expect(report.notCompared.isEmpty)
  }

  @Test func thereAreModelsToCompare() {
    #expect(KerasFixture.all.count >= 100)
  }

  @Test func everyLayerOfTheCatalogueOccursInAModel() throws {
    var found: Set<String> = []
    for fixture in KerasFixture.all {
      found.formUnion(try fixture.contents().description.layers.map(\.className))
    }
    #expect(Set(LayerCatalog.standard.classNames).subtracting(found).sorted() == [])
  }
}
