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
  /// The file's root.
  let root: HDF5Group
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
    for (leaf, group) in self.groups(of: model, in: root, path: "") {
      do {
        if let group, let weights = try TreeLeaf(leaf, group).weights() {
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

  /// The layers that own weights, each with its group.
  private func groups(
    of model: SourceModel, in group: HDF5Group?, path: String
  ) -> [(WeightLeaf, HDF5Group?)] {
    let container = WeightTreeNames.containers.lazy.compactMap { try? group?.group(at: $0) }.first
    let names = WeightTreeNames.names(of: model.layers, in: container)
    return zip(model.layers, names).flatMap { layer, name in
      let group = name.flatMap { try? container?.group(at: $0) }
      return groups(
        of: layer, in: group ?? container?.group(ofLayer: layer.name),
        path: joined(path, layer.name))
    }
  }

  private func groups(
    of layer: SourceLayer, in group: HDF5Group?, path: String
  ) -> [(WeightLeaf, HDF5Group?)] {
    switch layer.body {
    case .input: return []
    case .model(let model): return groups(of: model, in: group, path: path)
    case .timeDistributed(let inner):
      return groups(
        of: inner, in: try? group?.group(at: "layer"), path: joined(path, inner.name))
    case .layer:
      return WeightLeaf.leaves(of: layer).map { ($0.under(path), group) }
    }
  }

  private func reportMissing(_ leaf: WeightLeaf) {
    let names = (leaf.slots ?? []).map { "\"\($0.name)\"" }.joined(separator: ", ")
    report.invalid(
      leaf.path, leaf.className, option: "weights",
      reason: "expected \(leaf.slots?.count ?? 0) weights (\(names)), found none in the file")
  }
}

extension HDF5Group {
  /// The group of the layer of that name, which Keras notes beside the weights since 3.6: for
  /// classes whose name in Python is not the one that the configuration has.
  fileprivate func group(ofLayer name: String) -> HDF5Group? {
    entries.values.lazy.compactMap { entry in
      guard case .group(let group) = entry, let vars = try? group.group(at: "vars"),
        vars.attributes["name"] != nil, (try? vars.attributes.string("name")) == name
      else { return nil }
      return group
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
