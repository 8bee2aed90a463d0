import ModelFormat
import Tensors

/// The elements at other places, some of them again and again: `DepthToSpace`, `SpaceToDepth`,
/// `Rot90`, `Diag`, `Diagflat`, `Diagonal`, `ExtractPatches`, `ExtractSequences` and `Unfold` of
/// `keras.ops`, and TensorFlow's `diag` of every row.
///
/// Keras: <https://keras.io/api/ops/numpy/>, <https://keras.io/api/ops/image/>
struct ElementMap: Layer {
  static let classNames: [String] = rules.keys.sorted()
  static let elementTypes: [ElementType] = []

  /// Where the elements of every item come from; the items are all alike.
  struct Places: Sendable {
    let items: Int
    let output: Shape
    /// For each element of an item of the output its place in the input's item, -1 for zero.
    let places: [Int32]

    /// The output's axes, those that tell the items first, and the place of every element of an item
    /// by its index on the other axes; no places where the output is too large to be made.
    init(items: Int, _ output: Shape, itemRank: Int, _ place: ([Int]) -> Int?) {
      self.items = items
      self.output = output
      let sizes = Array(output.dimensions.suffix(itemRank))
      guard Shape(sizes).elementCount(atMost: .max >> 33) != nil else {
        places = []
        return
      }
      var places: [Int32] = []
      var index = [Int](repeating: 0, count: sizes.count)
      for _ in 0..<sizes.reduce(1, *) {
        places.append(place(index).map { Int32(truncatingIfNeeded: $0) } ?? -1)
        for axis in sizes.indices.reversed() {
          index[axis] += 1
          if index[axis] < sizes[axis] { break }
          index[axis] = 0
        }
      }
      self.places = places
    }
  }

  typealias Rule = @Sendable (ArrayOptions, Shape) throws(LayerError) -> Places

  private let rule: Rule
  private let options: ArrayOptions

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    rule = Self.rules[reader.className] ?? Self.diagonal
    options = ArrayOptions(&reader)
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    [TensorType(try rule(options, try call.onlyShape()).output, call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let type = call.inputs[0]
    let map = try rule(options, type.shape)
    let bytes = type.elementType.byteCount
    let inputCount = type.shape.elementCount / max(map.items, 1)
    let count = map.places.count
    return .run { buffers in
      let (x, y) = (buffers.inputBytes(0), buffers.outputBytes())
      buffers.workers.forEachRange(of: map.items, grain: 1 + 16_384 / max(count, 1)) { range in
        for item in range {
          let (from, to) = (x + item * inputCount * bytes, y + item * count * bytes)
          for (index, place) in map.places.enumerated() {
            let target = to + index * bytes
            if place < 0 {
              target.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            } else {
              target.copyMemory(from: from + Int(place) * bytes, byteCount: bytes)
            }
          }
        }
      }
    }
  }
}
