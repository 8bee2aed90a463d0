import Tensors
import Testing

@Suite struct ShapeTests {
  @Test func elementsAreCountedWithoutOverflow() {
    #expect(Shape([2, 3, 4]).elementCount(atMost: 24) == 24)
    #expect(Shape([2, 3, 4]).elementCount(atMost: 23) == nil)
    #expect(Shape([]).elementCount(atMost: 1) == 1)
    #expect(Shape([5, 0]).elementCount(atMost: 5) == 0)
    #expect(Shape([2, -1]).elementCount(atMost: 100) == nil)
    #expect(Shape([.max, 2]).elementCount(atMost: .max) == nil)
    #expect(Shape([0, .max, 2]).elementCount(atMost: .max) == nil)
  }

  @Test func anElementsIndexFollowsRowMajorOrder() {
    #expect(Shape([2, 3, 4]).index(ofElement: 23) == [1, 2, 3])
    #expect(Shape([2, 3, 4]).index(ofElement: 4) == [0, 1, 0])
    #expect(Shape([]).index(ofElement: 0) == [])
  }
}
