/// The names under which Keras 3 stores the layers of a model: the class in snake case, numbered
/// where it was taken.
enum WeightTreeNames {
  /// The names of what holds a model's layers, the present name first.
  static let containers = ["layers", "_layer_checkpoint_dependencies"]

  /// What holds the layers of one model.
  struct Container {
    /// The name.
    let name: String
    /// The layers by their names.
    let store: WeightStore

    /// The container among a model's parts; nil where the model has none.
    init?(in model: WeightStore?) {
      let found = containers.lazy.compactMap { name in model?[name].map { (name, $0) } }.first
      guard let (name, store) = found else { return nil }
      self.name = name
      self.store = store
    }
  }

  /// The name of each layer's store; nil for operations, which have none.
  ///
  /// Files of TensorFlow 2.12 and 2.13 count some layers twice, so that the numbers have gaps: the
  /// layers of a class are then taken in their order.
  static func names(of layers: [SourceLayer], in container: Container?) -> [String?] {
    var counts: [String: Int] = [:]
    var names: [String?] = []
    for layer in layers {
      guard !layer.className.hasPrefix("ops.") else {
        names.append(nil)
        continue
      }
      let base = base(of: layer)
      let number = counts[base, default: 0]
      counts[base] = number + 1
      names.append(numbered(base, number))
    }
    guard let container, container.name == containers[1] else { return names }
    return inOrder(layers, container.store.names) ?? names
  }

  private static func inOrder(_ layers: [SourceLayer], _ stored: [String]) -> [String?]? {
    var next: [String: Int] = [:]
    return layers.map { layer in
      let base = base(of: layer)
      while let number = next[base, default: 0] as Int?, number < 2 * layers.count {
        next[base] = number + 1
        if stored.contains(numbered(base, number)) { return numbered(base, number) }
      }
      return nil
    }
  }

  /// The name that all layers of a class begin with: that of the class in Python, which is not always
  /// the one that the configuration has.
  private static func base(of layer: SourceLayer) -> String {
    let name = layer.fileClassName
    return snakeCase(name == "GroupQueryAttention" ? "GroupedQueryAttention" : name)
  }

  private static func numbered(_ base: String, _ number: Int) -> String {
    number == 0 ? base : "\(base)_\(number)"
  }

  /// `MaxPooling2D` as `max_pooling2d`, `ReLU` as `re_lu`: `keras.src.utils.naming.to_snake_case`.
  static func snakeCase(_ name: String) -> String {
    let letters = Array(name.filter { $0.isLetter || $0.isNumber || $0 == "_" })
    var result = ""
    for (index, letter) in letters.enumerated() {
      let previous = index > 0 ? letters[index - 1] : nil
      let next = index + 1 < letters.count ? letters[index + 1] : nil
      let begins = letter.isUppercase && previous != nil && previous != "_"
      if begins, next?.isLowercase == true || previous?.isLowercase == true { result += "_" }
      result += letter.lowercased()
    }
    return result
  }
}
