/// The orders in which Keras may have stored the weights of a nested model.
///
/// Keras stores all weights that are trained and then all that are not; a frozen model keeps its
/// layers' natural order. What counts as trained differs between versions when only parts are
/// frozen, so there are several orders to try, the likeliest first.
enum WeightOrder {
  /// The orders for the given layers; `isTrainable` is the flag of the layer that holds them all.
  static func candidates(_ leaves: [WeightLeaf], isTrainable: Bool) -> [[WeightPlace]] {
    let natural = leaves.enumerated().flatMap { leaf, description in
      (description.slots ?? []).indices.map { WeightPlace(leaf: leaf, slot: $0) }
    }
    let partitions: [(WeightLeaf) -> Bool] = [
      \.isTrainable, \.isTrainableThroughout, { _ in true },
    ]
    let trainedFirst = partitions.map { isTrained in
      partitioned(natural) { place in
        isTrained(leaves[place.leaf]) && leaves[place.leaf].slots?[place.slot].isTrainable == true
      }
    }
    return isTrainable ? trainedFirst + [natural] : [natural] + trainedFirst
  }

  private static func partitioned(
    _ places: [WeightPlace], _ isFirst: (WeightPlace) -> Bool
  ) -> [WeightPlace] {
    places.filter(isFirst) + places.filter { !isFirst($0) }
  }
}
