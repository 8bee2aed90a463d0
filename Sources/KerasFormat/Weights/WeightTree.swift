import HDF5
import ModelFormat
import Tensors

/// The weights of Keras 3's own files, `model.weights.h5` in a `.keras` archive and what
/// `save_weights` writes: a tree of the objects that a model is made of.
///
/// A layer is found by its class and its number among those of its class, and its weights by their
/// own numbers: `layers/dense_1/vars/0`.
///
/// Keras: `keras/src/saving/saving_lib.py`, `_save_state` and `_save_container_state`.
struct WeightTree {
  /// The outermost model.
  let model: SourceModel
  /// What the file holds.
  let root: WeightStore
  /// Where problems and applied rules are told.
  let report: ImportReport

  /// Whether a file is such a tree.
  static func isTree(_ root: HDF5Group) -> Bool {
    root.attributes["layer_names"] == nil && root.attributes["layer_names0"] == nil
      && (WeightTreeNames.containers + ["vars"]).contains { root.contains($0) }
  }

  /// Each layer's weights by the layer's name in the description, in Keras's order.
  func weights() -> [String: [NamedWeight]] {
    var found: [String: [NamedWeight]] = [:]
    var missing: [WeightLeaf] = []
    var leaves: [WeightLeaf] = []
    for (leaf, store) in stores() {
      do {
        if let store, let weights = try TreeLeaf(leaf, store).weights() {
          found[leaf.path] = weights
          leaves.append(leaf)
        } else {
          missing.append(leaf)
        }
      } catch {
        report.add(ModelProblem(error, layer: leaf.path, className: leaf.className))
      }
    }
    // What several models share is stored where Keras meets it first.
    for leaf in missing where leaf.slots?.isEmpty == false {
      if let owner = leaves.first(where: { $0.isSame(as: leaf) }) {
        found[leaf.path] = found[owner.path]
      } else if !report.hasRefused(UncommonWeights.options, of: leaf.path) {
        reportMissing(leaf)
      }
    }
    return found
  }

  /// The layers that own weights, each with what the file holds of it.
  func stores() -> [(WeightLeaf, WeightStore?)] { stores(of: model, in: root, path: "") }

  private func stores(
    of model: SourceModel, in store: WeightStore?, path: String
  ) -> [(WeightLeaf, WeightStore?)] {
    let container = WeightTreeNames.Container(in: store)
    let names = WeightTreeNames.names(of: model.layers, in: container)
    return zip(model.layers, names).flatMap { layer, name -> [(WeightLeaf, WeightStore?)] in
      // What an author kept beside the graph may never have been built.
      if layer.calls.isEmpty { return [] }
      let store = name.flatMap { container?.store[$0] }
      return stores(
        of: layer, in: store ?? container?.store.store(ofLayer: layer.name),
        path: joined(path, layer.name))
    }
  }

  private func stores(
    of layer: SourceLayer, in store: WeightStore?, path: String
  ) -> [(WeightLeaf, WeightStore?)] {
    switch layer.body {
    case .input: return []
    case .model(let model): return stores(of: model, in: store, path: path)
    case .timeDistributed(let inner):
      return stores(of: inner, in: store?["layer"], path: joined(path, inner.name))
    case .layer:
      return WeightLeaf.leaves(of: layer).map { ($0.under(path), store) }
    }
  }

  private func reportMissing(_ leaf: WeightLeaf) {
    let names = (leaf.slots ?? []).map { "\"\($0.name)\"" }.joined(separator: ", ")
    report.invalid(
      leaf.path, leaf.className, option: "weights",
      reason: "expected \(leaf.slots?.count ?? 0) weights (\(names)), found none in the file")
  }
}

extension WeightStore {
  /// What belongs to the layer of that name, for classes whose name in Python is not the one that
  /// the configuration has.
  fileprivate func store(ofLayer name: String) -> WeightStore? {
    entries.values.lazy.compactMap { entry in
      guard case .store(let store) = entry, store.vars?.layerName == name else { return nil }
      return store
    }.first
  }
}

extension WeightLeaf {
  /// The same layer under the path that it has in the description.
  fileprivate func under(_ path: String) -> WeightLeaf {
    WeightLeaf(
      path: path, className: className, config: config, slots: slots,
      components: path.split(separator: "/").map(String.init), isTrainable: isTrainable,
      isTrainableThroughout: isTrainableThroughout)
  }
}
