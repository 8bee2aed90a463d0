import ModelFormat

extension LayerReader {
  /// Reads a layer that an option holds as `{"class_name": …, "config": {…}}`.
  ///
  /// Whatever `read` leaves unread in the nested layer is a problem, as in a layer of its own.
  ///
  /// - Parameters:
  ///   - option: The option that holds the layer, for messages.
  ///   - object: What the option holds.
  ///   - prefix: What the nested layer's weights begin with among this layer's:
  ///     `forward_layer` for `forward_layer/kernel`.
  ///   - read: Reads the nested layer; nil where it knows no such class.
  /// - Returns: What `read` gives.
  mutating func nested<Part>(
    _ option: String, _ object: JSONValue, weights prefix: String,
    _ read: (inout LayerReader) -> Part?
  ) -> Part? {
    guard let className = object["class_name"]?.string, let config = object["config"]?.object else {
      reject(option, "expected a layer as an object, found \(object)")
      return nil
    }
    let weights = layer.weights.compactMap { weight -> WeightDescription? in
      guard weight.name.hasPrefix(prefix + "/") else { return nil }
      var weight = weight
      weight.name.removeFirst(prefix.count + 1)
      return weight
    }
    var description = LayerDescription(
      name: "\(layer.name)/\(prefix)", className: className, config: config, weights: weights)
    var reader = LayerReader(description, weights: tensors)
    readWeights.formUnion(weights.map { "\(prefix)/\($0.name)" })
    guard let part = read(&reader) else {
      // Weights that are no other part's go by the names that the file gives them.
      description.weights += layer.weights.filter { readWeights.insert($0.name).inserted }
      refuse(
        option,
        "a layer of class \"\(className)\" is not supported here" + description.particulars)
      return nil
    }
    reader.finish()
    problems += reader.problems
    return part
  }
}
