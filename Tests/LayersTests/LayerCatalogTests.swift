import Layers
import Testing

@Suite("The catalogue of layers")
struct LayerCatalogTests {
  /// Groups are asked one after another, so that a second one of a name would never be found.
  @Test func everyClassHasOneLayer() {
    let names = LayerCatalog.classNamesByGroup.flatMap(\.classNames)
    #expect(Set(names).count == names.count)
    #expect(LayerCatalog.standard.classNames == names.sorted())
    #expect(names.allSatisfy { LayerCatalog.standard[$0] != nil })
    #expect(LayerCatalog.standard["NoSuchLayer"] == nil)
  }
}
