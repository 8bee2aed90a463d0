/// A weight that a layer of a known class must have.
struct WeightSlot: Hashable, Sendable {
  /// The name within the layer, as Keras 3 calls it.
  var name: String
  /// Whether Keras trains it: where models are nested, such weights come first.
  var isTrainable = true
  /// The last part of the names that files store it under.
  var storedNames: Set<String>
  /// Whether only some files have it.
  var isOptional = false

  /// A slot of the given name, by which files may also store it, next to `others`.
  init(_ name: String, isTrainable: Bool = true, storedAs others: String...) {
    self.name = name
    self.isTrainable = isTrainable
    storedNames = Set(others + [name.lastComponent])
  }

  /// The slot of a layer inside another, which knows it as `part`.
  func inside(_ part: String) -> WeightSlot {
    var slot = self
    slot.name = joined(part, name)
    return slot
  }
}

extension String {
  /// What follows the last `/`.
  var lastComponent: String {
    lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
  }
}
