/// The most probable labels of a sequence's steps, all ways to lay them along the steps counted
/// together, among a limited number of candidates.
///
/// TensorFlow: `core/util/ctc/ctc_beam_search.h`.
struct LabelBeam {
  /// The logarithms of the probabilities that labels end with a blank, and that they do not.
  private struct Chance {
    var blank = -Double.infinity
    var label = -Double.infinity
    var total = -Double.infinity
  }

  /// Labels, as the last one behind the others.
  private struct Entry {
    let label: Int
    let parent: Int?
    var children: [Int: Int] = [:]
    var before = Chance()
    var now = Chance()
  }

  private var entries = [Entry(label: -1, parent: nil)]
  /// The candidates.
  private var leaves = [0]
  private let width: Int
  private let blank: Int

  /// A beam of `width` candidates, of labels but the `blank` one.
  init(width: Int, blank: Int) {
    (self.width, self.blank) = (width, blank)
    entries[0].now = Chance(blank: 0, total: 0)
  }

  /// Reads the logits of one step.
  mutating func step(_ logits: ArraySlice<Double>) {
    let logarithms = ArrayOperation.logSoftmax(logits)
    let branches = leaves.sorted { entries[$0].now.total > entries[$1].now.total }
    for place in branches { entries[place].before = entries[place].now }
    for place in branches { keep(place, logarithms) }
    leaves = branches
    for place in branches.sorted(by: { entries[$0].before.total > entries[$1].before.total })
    where isCandidate(entries[place].before) {
      for label in logarithms.indices where label != blank {
        extend(place, by: label, logarithms[label])
      }
    }
  }

  /// The chances of labels at one more step.
  private mutating func keep(_ place: Int, _ logarithms: [Double]) {
    if let parent = entries[place].parent {
      let label = entries[place].label
      if entries[parent].now.total > -.infinity {
        let before = entries[parent].before
        entries[place].now.label = Scalar.logAddExp(
          entries[place].now.label, label == entries[parent].label ? before.blank : before.total)
      }
      entries[place].now.label += logarithms[label]
    }
    entries[place].now.blank = entries[place].before.total + logarithms[blank]
    entries[place].now.total = Scalar.logAddExp(entries[place].now.blank, entries[place].now.label)
  }

  private func isCandidate(_ chance: Chance) -> Bool {
    guard chance.total > -.infinity else { return false }
    return leaves.count < width || worst.map { chance.total > entries[$0].now.total } ?? true
  }

  private var worst: Int? { leaves.min { entries[$0].now.total < entries[$1].now.total } }

  private mutating func extend(_ place: Int, by label: Int, _ logarithm: Double) {
    let known = entries[place].children[label]
    if let known, entries[known].now.total > -.infinity { return }
    let before = entries[place].before
    let chance = logarithm + (label == entries[place].label ? before.blank : before.total)
    let candidate = Chance(label: chance, total: chance)
    guard isCandidate(candidate) else {
      if let known { (entries[known].before, entries[known].now) = (Chance(), Chance()) }
      return
    }
    let child = known ?? entries.count
    if known == nil {
      entries.append(Entry(label: label, parent: place))
      entries[place].children[label] = child
    }
    entries[child].now = candidate
    if leaves.count == width, let worst, let index = leaves.firstIndex(of: worst) {
      entries[worst].now = Chance()
      leaves.remove(at: index)
    }
    leaves.append(child)
  }

  /// The best labels and the logarithms of their probabilities, as many as there are up to `count`.
  func best(_ count: Int) -> [(labels: [Int], score: Double)] {
    leaves.sorted { entries[$0].now.total > entries[$1].now.total }.prefix(count).map { leaf in
      var labels: [Int] = []
      var place = leaf
      while let parent = entries[place].parent {
        labels.append(entries[place].label)
        place = parent
      }
      return (labels.reversed(), entries[leaf].now.total)
    }
  }
}
