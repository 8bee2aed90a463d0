import ModelFormat
import Tensors

/// y = the pictures in another size, by an interpolation (``Resampling``): `Resizing`, `Resize` of
/// `keras.ops.image`, and `CenterCrop`, which takes the middle where a picture is large enough.
///
/// `crop_to_aspect_ratio` resizes the largest part of the target's proportions, and
/// `pad_to_aspect_ratio` the picture with margins of `fill_value`; `cuts_from_aspect_ratio` cuts what
/// begins where the part of the target's proportions does, and resizes it where it ends early.
///
/// `Resize` rounds whole numbers and keeps them within their type; the layers make floating-point
/// numbers of them, as they do where `predict()` runs them on TensorFlow.
///
/// Input: (B, H, W, C). Output: (B, height, width, C).
///
/// Keras: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/>
struct Resizing: Layer {
  static let classNames = ["CenterCrop", "Resizing", "ops.Resize"]
  static let arguments: Set = ["size"]
  static let keywords = SizeExpression.keywords
  static let elementTypes: [ElementType] = [
    .float32, .uint8, .int8, .uint16, .int16, .int32, .int64,
  ]

  private enum Framing {
    case whole
    case cropped
    case padded
    case middle
    case cut
  }

  private let size: (height: Int, width: Int)
  private let interpolation: Interpolation
  private let antialiases: Bool
  private let framing: Framing
  private let fill: Float
  private let keepsIntegers: Bool
  /// Whether the size is only the largest that the picture has, in its own proportions.
  private let keepsProportions: Bool

  init(_ reader: inout LayerReader) {
    reader.requireChannelsLast()
    if reader.className == "ops.Resize" {
      let sides = reader.ints("size", count: 2, default: 1)
      size = (sides[0], sides[1])
    } else {
      size = (reader.int("height"), reader.int("width"))
    }
    let computesInFloat = reader.bool("computes_in_float", default: false)
    keepsIntegers = reader.className == "ops.Resize" && !computesInFloat
    if reader.className == "Resizing" { reader.refuseWholeNumbers() }
    keepsProportions = reader.bool("keeps_aspect_ratio", default: false)
    guard reader.className != "CenterCrop" else {
      (interpolation, antialiases, framing, fill) = (.bilinear, false, .middle, 0)
      return
    }
    interpolation = reader.choice("interpolation", default: Interpolation.bilinear)
    antialiases = reader.bool("antialias", default: false)
    let crops = reader.bool("crop_to_aspect_ratio", default: false)
    let pads = reader.bool("pad_to_aspect_ratio", default: false)
    let cuts = reader.bool("cuts_from_aspect_ratio", default: false)
    framing = cuts ? .cut : crops ? .cropped : pads ? .padded : .whole
    fill = Float(reader.number("fill_value", default: 0))
    if let mode = reader.value("fill_mode"), mode != .string("constant") {
      reader.reject("fill_mode", "expected \"constant\", found \(mode)")
    }
  }

  /// The size that a call asks for: the option's, or one that it computes.
  private func size(for call: LayerCall) throws(LayerError) -> (height: Int, width: Int) {
    let sides = try call.sizes("size") ?? [size.height, size.width]
    guard sides.count == 2, sides.allSatisfy({ $0 > 0 }) else {
      throw LayerError("expected a height and a width, found \(sides)")
    }
    let shape = call.inputs[0].shape
    guard keepsProportions, shape.rank == 4 else { return (sides[0], sides[1]) }
    let (height, width) = (Float(shape[1]), Float(shape[2]))
    let scale = min(Float(sides[0]) / height, Float(sides[1]) / width)
    return (
      Int((scale * height).rounded(.toNearestOrEven)),
      Int((scale * width).rounded(.toNearestOrEven))
    )
  }

  private func frame(of shape: Shape, to size: (height: Int, width: Int)) -> ImageFrame {
    let (height, width) = (shape[1], shape[2])
    switch framing {
    case .whole: return ImageFrame(height: height, width: width)
    case .padded: return ImageFrame(paddingTo: size, height: height, width: width)
    case .middle where height >= size.height && width >= size.width:
      return ImageFrame(middle: size, of: height, width)
    case .cut: return ImageFrame(cutting: size, height: height, width: width)
    case .cropped, .middle: return ImageFrame(croppingTo: size, height: height, width: width)
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: 4)
    let size = try size(for: call)
    return [
      TensorType(
        [shape[0], size.height, size.width, shape[3]],
        keepsIntegers ? call.inputs[0].elementType : .float32)
    ]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (input, output) = (call.inputs[0], call.outputs[0])
    let (shape, fill) = (input.shape, fill)
    let frame = frame(of: shape, to: try size(for: call))
    let framed = Shape([shape[0], frame.height, frame.width, shape[3]])
    let resampling = Resampling(
      interpolation, from: framed, to: output.shape, antialiases: antialiases)
    // One behind the other: the input as numbers, its frame, the result as numbers, and what the
    // resampling works in.
    let counts = [
      shape.elementCount, framed.elementCount, output.shape.elementCount, resampling.scratchCount,
    ]
    let starts = counts.indices.map { counts[..<$0].reduce(0, +) }
    let isResized = framed != output.shape || interpolation.isSmoothing
    return .run(scratchBytes: counts.reduce(0, +) * MemoryLayout<Float>.stride) { buffers in
      let numbers = buffers.scratch(from: starts[0])
      convertElements(
        shape.elementCount, buffers.inputBytes(0), input.elementType, numbers, .float32)
      let frameStart = buffers.scratch(from: starts[1])
      frame.copy(numbers, of: shape, into: frameStart, fill: fill)
      let result = isResized ? buffers.scratch(from: starts[2]) : frameStart
      if isResized {
        resampling.run(
          frameStart, result, scratch: buffers.scratch(from: starts[3]), buffers.workers)
      }
      Self.store(result, counts[2], buffers.outputBytes(), output.elementType)
    }
  }

  /// Writes numbers as elements of a type, rounded and kept within it where it has none between.
  private static func store(
    _ x: UnsafeMutablePointer<Float>, _ count: Int, _ y: UnsafeMutableRawPointer,
    _ type: ElementType
  ) {
    OutputFit.rounded.apply(to: type, x, count: count)
    convertElements(count, x, .float32, y, type)
  }
}
