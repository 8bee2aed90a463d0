import Foundation

/// Counts the elements of an XML text by a scan of its tags, which must close one another.
struct XMLCounter {
  private(set) var counts: [String: Int] = [:]
  private(set) var isWellFormed = true

  init(_ text: String) {
    var open: [String] = []
    for match in text.matches(of: /<(\/?)([a-zA-Z]+)([^<>]*?)(\/?)>/) {
      let name = String(match.2)
      if !match.1.isEmpty {
        isWellFormed = isWellFormed && open.popLast() == name
      } else {
        counts[name, default: 0] += 1
        if match.4.isEmpty { open.append(name) }
      }
    }
    isWellFormed = isWellFormed && open.isEmpty && !counts.isEmpty
  }
}
