import ModelFormat
import Tensors

/// y = the place of the string x in a vocabulary, as ``LookupLayout`` tells; with `invert` the
/// string at place x.
///
/// Strings that are not in the vocabulary have their place by their hash where there are several
/// for them, with a `salt` by a hash under that key.
///
/// Input: strings (B, …), with `invert` whole numbers. Output: as ``CategoryEncoder`` tells, with
/// `invert` strings (B, …).
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/>
struct StringLookup: Layer {
  static let classNames = ["StringLookup"]
  static let elementTypes: [ElementType] = [.string, .int64]

  private let index: StringIndex

  init(_ reader: inout LayerReader) {
    let layout = LookupLayout(&reader, unknown: "[UNK]") { $0.string }
    reader.requireUTF8()
    _ = reader.value("oov_method")
    index = StringIndex(layout, TextHash(&reader))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let isText = call.inputs[0].elementType == .string
    guard isText != index.layout.isInverse else {
      throw LayerError("expected \(isText ? "whole numbers" : "strings"), found \(call.inputs[0])")
    }
    if isText { return [try index.layout.encoder.outputType(for: shape)] }
    return [TensorType(shape, .string)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (index, count) = (index, call.inputs[0].shape.elementCount)
    if index.layout.isInverse {
      return .run { buffers in
        let (x, y) = (buffers.input(0, as: Int64.self), buffers.output(0, as: TextElement.self))
        for item in 0..<count { (y + item).initialize(to: index.token(at: x[item])) }
      }
    }
    return index.layout.encoder.step(for: call) { _, buffers, _, classes in
      let texts = buffers.input(0, as: TextElement.self)
      for item in 0..<count {
        guard let place = index.place(of: texts[item].bytes) else {
          buffers.fail("expected strings of the vocabulary, found \"\(texts[item].string)\"")
          classes[item] = -1
          continue
        }
        classes[item] = place
      }
    }
  }
}

extension LayerReader {
  /// Reads the `encoding`, which must be that of all strings here.
  mutating func requireUTF8() {
    guard let encoding = value("encoding")?.string?.lowercased() else { return }
    guard ["utf-8", "utf8"].contains(encoding) else {
      return refuse("encoding", "expected \"utf-8\", found \"\(encoding)\"")
    }
  }
}
