/// Elements in the order in which they came; one that is taken out is kept no longer.
package struct Fifo<Element> {
  /// The oldest elements, the first one last.
  private var front: [Element] = []
  /// The newer elements in order.
  private var back: [Element] = []

  /// No elements.
  package init() {}

  /// Adds an element behind all others.
  package mutating func append(_ element: Element) {
    back.append(element)
  }

  /// Takes out the oldest element, if there is one.
  package mutating func popFirst() -> Element? {
    if front.isEmpty {
      front = back.reversed()
      back.removeAll(keepingCapacity: true)
    }
    return front.popLast()
  }

  /// Takes out the oldest elements, at most `count`.
  package mutating func popFirst(_ count: Int) -> [Element] {
    var taken: [Element] = []
    taken.reserveCapacity(Swift.min(count, self.count))
    while taken.count < count, let element = popFirst() { taken.append(element) }
    return taken
  }
}

extension Fifo: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { front.count + back.count }

  package subscript(position: Int) -> Element {
    position < front.count ? front[front.count - 1 - position] : back[position - front.count]
  }
}
