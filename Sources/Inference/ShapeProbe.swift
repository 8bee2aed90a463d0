import Layers
import ModelFormat
import Tensors

/// The types of all values for two sets of inputs that differ on every open axis, so that the axes
/// that depend on an input's size can be told from those that do not.
struct ShapeProbe {
  /// The types for one item, or as few as the model takes.
  var types: [TensorType]
  /// The types for two items or more and, where there are any, other sizes of open axes.
  var varied: [TensorType]
  /// Whether all types belong to the same inputs; if not, some call found no sizes that go
  /// together with the others', and the ranks and the fixed axes are right all the same.
  var isConsistent = true
  /// Whether the model takes one item, and two; there are some that take five alone.
  var takesAnyBatch = true

  /// The shape of a value, nil for its open axes.
  func openShape(of value: Int) -> [Int?] {
    zip(types[value].shape.dimensions, varied[value].shape.dimensions).map { $0 == $1 ? $0 : nil }
  }
}

extension Graph {
  /// Finds types for the graph's values.
  ///
  /// Sizes are tried on all open axes alike, first usual ones, then some with many divisors, those
  /// that the model's options speak of, and large ones. Where none of them suits every layer (two
  /// inputs may have to differ by three), each such call gets sizes of its own. Where one item or
  /// two suit no layer (a constant may have as many rows as the batch), others are tried.
  ///
  /// - Throws: The problem of a layer that no sizes suit, whatever the inputs.
  func probe() throws(ModelProblem) -> ShapeProbe {
    let sizes = isOpen ? probeSizes : [1]
    var first = fit(batch: 1, sizes)
    if let first, let varied = fit(batch: 2, first.others(of: sizes)) {
      return ShapeProbe(types: first.types, varied: varied.types)
    }
    if isOpen, first == nil, let probe = try? probeCallByCall(sizes) { return probe }
    for batch in batchHints + Array(2...Self.mostProbedItems) {
      guard let known = first else {
        first = fit(batch: batch, sizes)
        continue
      }
      guard batch != known.batch, let varied = fit(batch: batch, known.others(of: sizes)) else {
        continue
      }
      return ShapeProbe(types: known.types, varied: varied.types, takesAnyBatch: false)
    }
    guard let first else {
      // No batch suits: this throws.
      if isOpen { return try probeCallByCall(sizes) }
      let types = try types(for: inputTypes(batch: 1, size: 1))
      return ShapeProbe(types: types, varied: types)
    }
    return ShapeProbe(types: first.types, varied: first.types, takesAnyBatch: false)
  }

  /// The types for some items, and the place of the size of open axes that suits every layer.
  private struct Fit {
    let batch: Int
    let types: [TensorType]
    let place: Int

    /// The other sizes, and then the same: a model may take one size alone.
    func others(of sizes: [Int]) -> [Int] {
      Array(sizes[(place + 1)...] + sizes[...place])
    }
  }

  private func fit(batch: Int, _ sizes: [Int]) -> Fit? {
    for (place, size) in sizes.enumerated() {
      if let types = probedTypes(batch: batch, size: size) {
        return Fit(batch: batch, types: types, place: place)
      }
    }
    return nil
  }

  /// The most items that are tried.
  private static var mostProbedItems: Int { 16 }

  private func probedTypes(batch: Int, size: Int) -> [TensorType]? {
    let inputs = inputTypes(batch: batch, size: size)
    let limit = isOpen ? Self.largestProbedCount : Self.largestElementCount
    guard inputs.allSatisfy({ $0.shape.elementCount(atMost: limit) != nil }) else { return nil }
    return try? measured(as: size).types(for: inputs, atMost: limit)
  }

  /// Whether a size behind the batch is open.
  private var isOpen: Bool {
    measuresInputs || inputs.contains { $0.shape.dropFirst().contains(nil) }
  }

  /// Sizes to try, the usual ones first.
  private var probeSizes: [Int] {
    let usual = [32, 64, 96, 128, 224, 256, 7, 9, 1, 2]
    let manyDivisors = [60, 120, 360, 840, 1080, 2520, 5040, 15_120, 30_240, 55_440, 720_720]
    let powers = [27, 81, 243, 729, 25, 125, 625, 49, 343, 512, 1024, 4096, 32_768, 1 << 20]
    var hinted: [Int] = []
    for hint in sizeHints {
      hinted += [1, 2, 3, 4, 12].map { $0 * hint }
      hinted += (2...32).filter { hint % $0 == 0 }.map { hint / $0 }
    }
    var seen: Set<Int> = []
    let fixed = Set(inputs.flatMap { $0.shape.dropFirst().compactMap { $0 } })
    hinted += fixed.filter { $0 <= Self.largestFixedHint }.sorted().prefix(Self.mostFixedHints)
    return (usual + manyDivisors + powers + hinted.sorted()).filter { seen.insert($0).inserted }
  }

  /// Sizes of other axes that open ones may have to share: as many are tried, and no larger ones.
  private static var mostFixedHints: Int { 16 }
  private static var largestFixedHint: Int { 1 << 16 }

  /// The most elements of a value while sizes are tried, for which no memory is needed; a product
  /// with any option of a layer does not overflow.
  fileprivate static var largestProbedCount: Int { 1 << 34 }
}

extension Graph {
  /// The types where every call may choose the sizes of its inputs' open axes.
  private func probeCallByCall(_ sizes: [Int]) throws(ModelProblem) -> ShapeProbe {
    let unknown = [TensorType](repeating: TensorType([]), count: valueNames.count)
    var probe = ShapeProbe(types: unknown, varied: unknown, isConsistent: false)
    for (index, type) in inputTypes(batch: 1, size: sizes[0]).enumerated() {
      probe.types[index] = type
    }
    for (index, type) in inputTypes(batch: 2, size: sizes[1]).enumerated() {
      probe.varied[index] = type
    }
    for node in nodes {
      let (types, varied) = try outputTypes(of: node, probe, sizes)
      for (place, value) in node.outputs.enumerated() {
        probe.types[value] = types[place]
        probe.varied[value] = varied[place]
      }
    }
    return probe
  }

  private func outputTypes(
    of node: Node, _ probe: ShapeProbe, _ sizes: [Int]
  ) throws(ModelProblem) -> (types: [TensorType], varied: [TensorType]) {
    let problem: ModelProblem
    do throws(ModelProblem) {
      return (try outputTypes(of: node, probe.types), try outputTypes(of: node, probe.varied))
    } catch {
      problem = error
    }
    var found: [(size: Int, types: [TensorType])] = []
    for choice in OpenSizes.choices(of: sizes) where found.count < 2 {
      guard choice.size != found.first?.size,
        let types = choice.apply(to: found.isEmpty ? probe.types : probe.varied, node, probe),
        let outputs = try? outputTypes(of: node, types, atMost: Self.largestProbedCount)
      else { continue }
      found.append((choice.size, outputs))
    }
    if let first = found.first, let last = found.last { return (first.types, last.types) }
    guard let matched = matchedTypes(of: node, probe) else { throw problem }
    return matched
  }

  /// The types of a node's outputs where each open axis has the size of some fixed one.
  private func matchedTypes(
    of node: Node, _ probe: ShapeProbe
  ) -> (types: [TensorType], varied: [TensorType])? {
    var open: [(value: Int, axis: Int)] = []
    var fixed: Set<Int> = []
    for value in Set(node.inputs).sorted() {
      for (axis, size) in probe.openShape(of: value).enumerated() where axis > 0 {
        if let size { fixed.insert(size) } else { open.append((value, axis)) }
      }
    }
    let sizes = fixed.sorted()
    guard !open.isEmpty, !sizes.isEmpty,
      open.reduce(1, { count, _ in min(count * sizes.count, 2048) }) <= Self.mostMatches
    else { return nil }
    var (types, varied) = (probe.types, probe.varied)
    var choice = [Int](repeating: 0, count: open.count)
    while true {
      for (place, target) in open.enumerated() {
        types[target.value].shape[target.axis] = sizes[choice[place]]
        varied[target.value].shape[target.axis] = sizes[choice[place]]
      }
      if let outputs = try? outputTypes(of: node, types, atMost: Self.largestProbedCount),
        let others = try? outputTypes(of: node, varied, atMost: Self.largestProbedCount)
      {
        return (outputs, others)
      }
      guard let next = choice.indices.last(where: { choice[$0] + 1 < sizes.count }) else {
        return nil
      }
      choice[next] += 1
      for place in (next + 1)..<choice.count { choice[place] = 0 }
    }
  }

  /// The most ways to share out sizes that are tried for one call.
  private static var mostMatches: Int { 1024 }
}

/// One way to choose the sizes of a call's open axes.
private struct OpenSizes {
  let size: Int
  /// Whether only the last open axis of each input gets the size, and the others 1.
  let isAlone: Bool

  static func choices(of sizes: [Int]) -> [OpenSizes] {
    sizes.map { OpenSizes(size: $0, isAlone: false) }
      + sizes.map { OpenSizes(size: $0, isAlone: true) }
  }

  /// `types` with other sizes on the axes of a node's inputs that are open behind the batch; nil
  /// where there are none, or where a value would be too large.
  func apply(to types: [TensorType], _ node: Graph.Node, _ probe: ShapeProbe) -> [TensorType]? {
    var types = types
    var hasOpenAxes = false
    for value in node.inputs {
      let open = probe.openShape(of: value).enumerated().filter { $0 > 0 && $1 == nil }.map(
        \.offset)
      for axis in open {
        types[value].shape[axis] = isAlone && axis != open.last ? 1 : size
        hasOpenAxes = true
      }
      let count = types[value].shape.elementCount(atMost: Graph.largestProbedCount)
      guard count != nil else { return nil }
    }
    return hasOpenAxes ? types : nil
  }
}

extension ModelDescription {
  /// Batch sizes that calls may ask for: those of constants.
  var batchHints: [Int] {
    layers.filter { $0.className == "Constant" }.compactMap { layer in
      let value = layer.config["value"]
      return (value?["config"]?["value"] ?? value)?.array?.count
    }
  }

  /// Sizes that open axes may have to be multiples or parts of, by the options of the layers.
  var sizeHints: [Int] {
    var hints: Set<Int> = []
    var scale = 1
    for layer in layers {
      for key in ["target_shape", "pool_size", "strides", "size"] {
        let values = layer.config[key].map { $0.array ?? [$0] } ?? []
        let numbers = values.compactMap(\.int).filter { (2...Self.largestHint).contains($0) }
        let product = numbers.reduce(1) { min($0 * $1, Self.largestHint) }
        if key == "target_shape", product > 1 { hints.insert(product) }
        if key != "target_shape" { scale = min(scale * (numbers.max() ?? 1), Self.largestHint) }
      }
    }
    if scale > 1 { hints.insert(scale) }
    return hints.sorted().prefix(Self.mostHints).filter { $0 < Self.largestHint }
  }

  private static var largestHint: Int { 1 << 20 }
  private static var mostHints: Int { 4 }
}
