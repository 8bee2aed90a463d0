import ModelFormat
import Tensors

/// y = which classes x names: `CategoryEncoding`, and `Discretization`, whose classes are the
/// intervals between `bin_boundaries`, an option or a weight; see ``CategoryEncoder`` for what becomes of them.
///
/// Input: whole numbers (B, …), for `Discretization` any numbers; by keyword `count_weights`.
/// Output: (B, …) for `int`, an axis of all classes more for `one_hot` (in place of a last axis of
/// size 1, unless `keeps_last_axis`, which the importer sets for files of Keras before 3.4), (B, classes) for the others, whose input is (B, N), or (classes) for an input (B).
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/>
struct CategoryEncoding: Layer {
  static let classNames = ["CategoryEncoding", "Discretization"]
  static let elementTypes: [ElementType] = []
  static let keywords: Set<String> = ["count_weights"]

  private let boundaries: [Float]?
  private let encoder: CategoryEncoder

  init(_ reader: inout LayerReader) {
    if reader.bool("sparse", default: false) {
      reader.refuse("sparse", "sparse tensors are not supported")
    }
    guard reader.className == "Discretization" else {
      boundaries = nil
      let classes = reader.int("num_tokens")
      encoder = Self.encoder(&reader, classes: classes, default: .multiHot)
      return
    }
    for option in ["num_bins", "epsilon"] { _ = reader.value(option) }
    let boundaries = Self.boundaries(&reader)
    self.boundaries = boundaries
    encoder = Self.encoder(&reader, classes: boundaries.count + 1, default: .int)
  }

  /// The encoder, which keeps an axis of size 1 where `keeps_last_axis` says so.
  private static func encoder(
    _ reader: inout LayerReader, classes: Int, default mode: CategoryEncoder.Mode
  ) -> CategoryEncoder {
    var encoder = CategoryEncoder(&reader, classes: classes, default: mode)
    encoder.keepsLastAxis = reader.bool("keeps_last_axis", default: false)
    return encoder
  }

  /// The places between the classes: an option, or what was learned.
  private static func boundaries(_ reader: inout LayerReader) -> [Float] {
    if reader.storedShape(of: "bin_boundaries") != nil {
      return reader.weight("bin_boundaries", [nil]).elements(as: Float.self)
    }
    let numbers = reader.value("bin_boundaries")?.array?.compactMap(\.double)
    if numbers == nil { reader.reject("bin_boundaries", "expected a list of numbers, found none") }
    return (numbers ?? []).map { Float($0) }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    if let place = call.keywords["count_weights"], call.inputs[place].shape != shape {
      throw LayerError("expected weights of shape \(shape), found \(call.inputs[place].shape)")
    }
    return [try encoder.outputType(for: shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let count = call.inputs[0].shape.elementCount
    let place = encoder.mode == .count ? call.keywords["count_weights"] : nil
    return encoder.step(for: call, weights: place) { [boundaries] x, buffers, scratch, classes in
      guard let boundaries else {
        classes.update(from: x.values(as: Int64.self, buffers, scratch: scratch), count: count)
        return
      }
      let numbers = x.values(as: Float.self, buffers, scratch: scratch)
      for index in 0..<count {
        // What is no number is in the last interval.
        classes[index] = Int64(boundaries.prefix { !(numbers[index] < $0) }.count)
      }
    }
  }
}
