import ModelFormat
import Tensors

/// y = the tokens of a text by their places in a vocabulary, as ``TextSplitter`` makes them and
/// ``LookupLayout`` places them: "" first, then unknown tokens, then the vocabulary.
///
/// In the mode `int` a text's places are cut, or filled up with zeros, to `output_sequence_length`,
/// or where that is not given to the length of the longest text.
///
/// Input: strings (B, 1) or (B); where `split` is null the tokens (B, N), or (B) for places (B).
/// Output: (B, length), or (B, classes) in the modes that count.
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/>
struct TextVectorization: MeasuringLayer {
  static let classNames = ["TextVectorization"]
  static let elementTypes: [ElementType] = [.string]

  private let splitter: TextSplitter
  private let index: StringIndex
  private let length: Int?

  private var encoder: CategoryEncoder { index.layout.encoder }

  var needsLength: Bool { encoder.mode == .int && length == nil && !splitter.keepsWhole }
  var isBatchIndependent: Bool { !needsLength }

  init(_ reader: inout LayerReader) {
    splitter = TextSplitter(&reader)
    let layout = LookupLayout(&reader, mask: "", unknown: "[UNK]") { $0.string }
    reader.requireUTF8()
    if reader.bool("ragged", default: false) {
      reader.refuse("ragged", "ragged tensors are not supported")
    }
    length =
      reader.value("output_sequence_length") == nil
      ? nil : reader.int("output_sequence_length")
    index = StringIndex(layout, TextHash(&reader))
    if layout.encoder.mode == .oneHot {
      reader.refuse("output_mode", "\"one_hot\" for texts, which differ in length")
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 1, 2)
    let isOfTokens = splitter.keepsWhole && shape.rank == 1
    if isOfTokens, encoder.mode == .int, length == nil, !splitter.joinsTokens {
      return [TensorType(shape, encoder.elementType)]
    }
    guard splitter.keepsWhole ? shape.rank == 2 : shape.rank == 1 || shape[1] == 1 else {
      throw LayerError(
        "expected \(splitter.keepsWhole ? "tokens (B, N)" : "texts (B, 1)"), found shape \(shape)")
    }
    let width: Int
    if encoder.mode != .int {
      width = encoder.classes
    } else if needsLength {
      width = call.measuredLength ?? 1
    } else {
      width = length ?? splitter.tokenCount(ofWhole: shape[1])
    }
    return [TensorType([shape[0], width], encoder.elementType)]
  }

  func length(for input: Tensor) -> Int {
    var memory = TextSplitter.Memory()
    return input.withElements(as: TextElement.self) { texts in
      texts.indices.reduce(0) { longest, place in
        var count = 0
        splitter.forEachToken(
          of: UnsafeBufferPointer(rebasing: texts[place...place]), &memory
        ) { _ in count += 1 }
        return max(longest, count)
      }
    }
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (shape, output) = (call.inputs[0].shape, call.outputs[0])
    let (perRow, width) = (
      shape.rank == 2 ? shape[1] : 1, output.shape.rank == 2 ? output.shape[1] : 1
    )
    let rowBytes = width * output.elementType.byteCount
    return .run(scratchBytes: shape[0] * width * 8) { [self] buffers in
      buffers.workers.forEachRange(of: shape[0], grain: 4) { rows in
        var memory = TextSplitter.Memory()
        for row in rows {
          let texts = UnsafeBufferPointer(
            start: buffers.input(0, as: TextElement.self) + row * perRow, count: perRow)
          let scratch = buffers.scratch + row * width * 8
          let y = buffers.outputBytes() + row * rowBytes
          if encoder.mode == .int {
            let places = scratch.bindMemory(to: Int64.self, capacity: width)
            place(texts, &memory, into: places, width)
            convertElements(width, places, .int64, y, output.elementType)
          } else {
            let cells = scratch.bindMemory(to: Float.self, capacity: width)
            tally(texts, &memory, into: cells)
            convertElements(width, cells, .float32, y, output.elementType)
          }
        }
      }
    }
  }

  private func place(
    _ texts: UnsafeBufferPointer<TextElement>, _ memory: inout TextSplitter.Memory,
    into places: UnsafeMutablePointer<Int64>, _ width: Int
  ) {
    places.update(repeating: 0, count: width)
    var next = 0
    splitter.forEachToken(of: texts, &memory) { token in
      guard next < width else { return }
      places[next] = index.place(of: token) ?? 0
      next += 1
    }
  }

  private func tally(
    _ texts: UnsafeBufferPointer<TextElement>, _ memory: inout TextSplitter.Memory,
    into cells: UnsafeMutablePointer<Float>
  ) {
    cells.update(repeating: 0, count: encoder.classes)
    splitter.forEachToken(of: texts, &memory) { token in
      if let place = index.place(of: token) { encoder.add(place, to: cells) }
    }
    encoder.weight(cells)
  }
}
