import HDF5
import Tensors

/// The weights that Keras 3 keeps as a tree of the objects that a model is made of, whatever sort of
/// file holds them: `layers/dense_1/vars/0`.
struct WeightStore: Sendable {
  /// What a name stands for.
  enum Entry: Sendable {
    /// The part of an object, or its `vars`.
    case store(WeightStore)
    /// A weight.
    case weight(Tensor)
    /// Something that was not read, and why.
    case unavailable(HDF5Error)
  }

  /// What is in the store, by name.
  private(set) var entries: [String: Entry] = [:]
  /// The name of the layer whose weights these are, which Keras notes since 3.6.
  private(set) var layerName: String?

  /// An empty store.
  init() {}

  /// What a group of a file holds.
  init(_ group: HDF5Group) {
    layerName = try? group.attributes.string("name")
    entries = group.entries.mapValues { entry in
      switch entry {
      case .group(let group): return .store(WeightStore(group))
      case .unavailable(let error): return .unavailable(error)
      case .dataset(let dataset):
        do throws(HDF5Error) {
          return .weight(try Tensor(viewing: dataset))
        } catch {
          return .unavailable(error)
        }
      }
    }
  }

  /// The names of what is in the store, sorted.
  var names: [String] { entries.keys.sorted() }

  /// The part of that name.
  subscript(name: String) -> WeightStore? {
    guard case .store(let store) = entries[name] else { return nil }
    return store
  }

  /// The weights of the object itself, by their numbers.
  var vars: WeightStore? { self["vars"] }

  /// The weight of the first of these names that there is; nil where there is none.
  func weight(anyOf names: [String]) throws(HDF5Error) -> Tensor? {
    for name in names {
      switch entries[name] {
      case .weight(let tensor): return tensor
      case .unavailable(let error): throw error
      case .store, nil: break
      }
    }
    return nil
  }

  /// Adds the weights of the object at a `/`-separated path.
  mutating func add(_ weights: [String: Tensor], at path: some Collection<Substring>) {
    guard let first = path.first else {
      merge(WeightStore(weights: weights), at: "vars")
      return
    }
    var part = self[String(first)] ?? WeightStore()
    part.add(weights, at: path.dropFirst())
    entries[String(first)] = .store(part)
  }

  /// Adds what another file holds of the same model.
  ///
  /// - Returns: The path of a weight that both hold, or nil where there is none.
  mutating func merge(_ other: WeightStore) -> String? {
    layerName = layerName ?? other.layerName
    for (name, entry) in other.entries {
      switch (entries[name], entry) {
      case (nil, _): entries[name] = entry
      case (.store(var store)?, .store(let part)):
        if let path = store.merge(part) { return "\(name)/\(path)" }
        entries[name] = .store(store)
      default: return name
      }
    }
    return nil
  }

  private init(weights: [String: Tensor]) {
    entries = weights.mapValues { .weight($0) }
  }

  private mutating func merge(_ part: WeightStore, at name: String) {
    entries[name] = .store(part)
  }
}
