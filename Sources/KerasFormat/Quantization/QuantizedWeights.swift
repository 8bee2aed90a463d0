import ModelFormat
import Tensors

/// The weights of a quantised layer as they are computed with: plain numbers, but for those that
/// are multiplied by whole numbers too.
struct QuantizedWeights {
  /// How the weights are kept.
  let quantization: Quantization
  /// The layer's options.
  let config: [String: JSONValue]
  private var tensors: [String: Tensor]

  /// The weights, as a file has them.
  init(
    _ quantization: Quantization, _ config: [String: JSONValue], _ weights: [NamedWeight]
  ) {
    self.quantization = quantization
    self.config = config
    tensors = Dictionary(weights.map { ($0.name, $0.tensor) }) { first, _ in first }
  }

  /// Today's weights; nil where these are not of the form.
  func undone() -> [NamedWeight]? {
    let weights: [String: Tensor]?
    if tensors["embeddings"] != nil {
      weights = QuantizedTables(quantization, config, tensors).undone()
    } else {
      weights = kernel()?.merging(bias.map { ["bias": $0] } ?? [:]) { $1 }
    }
    guard let weights else { return nil }
    return weights.sorted { $0.key < $1.key }.map { NamedWeight(name: $0.key, tensor: $0.value) }
  }

  /// Float8 layers add a bias of 16 bits.
  private var bias: Tensor? {
    guard quantization.mode == .float8, !quantization.isBypassed else { return tensors["bias"] }
    return tensors["bias"]?.converted(to: .bfloat16).converted(to: .float32)
  }

  private func kernel() -> [String: Tensor]? {
    switch quantization.mode {
    case .int8: scaled(tensors["kernel"], by: scale(of: tensors["kernel"]))
    case .int4 where quantization.isGrouped: plain(grouped)
    case .int4 where quantization.packsRows: packedRows
    case .int4: packedColumns
    case .float8: float8
    case .gptq, .awq: plain(transposed)
    }
  }

  private func plain(_ kernel: Tensor?) -> [String: Tensor]? { kernel.map { ["kernel": $0] } }

  /// Whole numbers with their scale where inputs become whole numbers too, else the quotient.
  private func scaled(_ numbers: Tensor?, by scale: Tensor?) -> [String: Tensor]? {
    guard let numbers, let scale else { return nil }
    if quantization.isBypassed { return plain(numbers) }
    if quantization.inputs != nil { return ["kernel": numbers, "kernel_scale": scale] }
    return plain(numbers.divided(by: scale))
  }

  /// The scale in the form of the kernel, whose axes that are summed over have size 1.
  private func scale(of kernel: Tensor?) -> Tensor? {
    guard let kernel, let scale = tensors["kernel_scale"] else { return nil }
    guard let equation = KernelEquation(config) else {
      return kernel.shape.rank == 2 && scale.shape.elementCount == kernel.shape[1]
        ? scale.reshaped(to: [1, kernel.shape[1]]) : nil
    }
    let letters = equation.keptAsInOutput
    let sizes = Dictionary(zip(equation.kernel, kernel.shape.dimensions)) { size, _ in size }
    let shape = letters.compactMap { sizes[$0] }
    guard equation.kernel.count == kernel.shape.rank, shape.count == letters.count,
      Shape(shape).elementCount(atMost: .max) == scale.shape.elementCount
    else { return nil }
    let order = equation.kept.compactMap { letters.firstIndex(of: $0) }
    let turned = scale.reshaped(to: Shape(shape)).transposed(order)
    return turned.reshaped(
      to: Shape(equation.kernel.map { letters.contains($0) ? sizes[$0] ?? 1 : 1 }))
  }

  /// The form before Keras 3.14: two rows of the kernel, or two slices of its first axis that is
  /// summed over, share a byte.
  private var packedRows: [String: Tensor]? {
    guard let packed = tensors["kernel"] else { return nil }
    let equation = KernelEquation(config)
    let axis = equation?.firstSummed ?? 0
    let count =
      equation?.summedSize(config) ?? config[Quantization.inputShape]?.array?.last?.int
    let kernel = packed.unpacked(along: axis, count: count)
    return scaled(kernel, by: scale(of: kernel))
  }

  private var packedColumns: [String: Tensor]? {
    guard let scale = tensors["kernel_scale"], scale.shape.rank == 1,
      let matrix = tensors["kernel"]?.unpacked(along: 1, count: scale.shape[0])
    else { return nil }
    let line = scale.reshaped(to: [1, scale.shape[0]])
    if KernelEquation(config) == nil { return scaled(matrix, by: line) }
    if quantization.isBypassed { return plain(shaped(matrix)) }
    return plain(matrix.divided(by: line).flatMap(shaped))
  }

  private var grouped: Tensor? {
    guard let scale = tensors["kernel_scale"], scale.shape.rank == 2,
      let matrix = tensors["kernel"]?.unpacked(along: 1, count: scale.shape[1]),
      let zero = tensors["kernel_zero"], let groups = tensors["g_idx"]?.groupNumbers
    else { return nil }
    if quantization.isBypassed { return shaped(matrix) }
    return matrix.ungrouped(zero: zero, scale: scale, groups: groups, isColumn: false)
      .flatMap(shaped)
  }

  /// The form of GPTQ and AWQ: a matrix that is turned over, and whose columns come in groups.
  private var transposed: Tensor? {
    guard let scale = tensors["kernel_scale"], scale.shape.rank == 2,
      let stored = tensors["kernel"], let zero = zero(like: scale),
      let groups = tensors["g_idx"]?.groupNumbers,
      let matrix = quantization.bits == 4
        ? stored.unpacked(along: 0, count: scale.shape[0]) : stored,
      let turned = matrix.ungrouped(zero: zero, scale: scale, groups: groups, isColumn: true)?
        .transposed([1, 0])
    else { return nil }
    guard quantization.mode == .awq else { return shaped(turned) }
    guard let factors = tensors["awq_scales"], factors.shape == [turned.shape[0]] else {
      return nil
    }
    return turned.divided(by: factors.reshaped(to: [turned.shape[0], 1])).flatMap(shaped)
  }

  private func zero(like scale: Tensor) -> Tensor? {
    guard let zero = quantization.zero else { return tensors["kernel_zero"] }
    return Tensor(
      scale.shape, [Float](repeating: Float(zero), count: scale.shape.elementCount))
  }

  /// A matrix as the kernel that it was made of.
  private func shaped(_ matrix: Tensor) -> Tensor? {
    if let shape = config[Self.partShape]?.array?.compactMap(\.int) {
      return Shape(shape).elementCount(atMost: .max) == matrix.shape.elementCount
        ? matrix.reshaped(to: Shape(shape)) : nil
    }
    guard let equation = KernelEquation(config) else { return matrix }
    return equation.shape(count: matrix.shape.elementCount, config)
      .map { matrix.reshaped(to: Shape($0)) }
  }

  private var float8: [String: Tensor]? {
    guard let kernel = tensors["kernel"], let scale = tensors["kernel_scale"],
      let inputs = tensors["inputs_scale"], scale.shape.elementCount == 1
    else { return nil }
    if quantization.isBypassed { return ["kernel": kernel] }
    let factor = Float(scale.doubles()[0])
    let numbers = kernel.numbers
    return [
      "kernel": Tensor(kernel.shape, numbers.map { Float8.rounded($0 / factor) * factor }),
      "inputs_scale": inputs,
    ]
  }

  /// The option that tells the shape of the kernel of a layer's part.
  static let partShape = "quantized_kernel_shape"
}
