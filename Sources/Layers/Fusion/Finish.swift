import Tensors

/// What a layer does with a product: activation(product · scale + bias + residual).
///
/// The scale is packed into the weights; kernels do the rest before they store a number. A step's
/// body captures the value, which keeps the bias in place while kernels read it.
struct Finish: Sendable {
  /// One factor for each column; nil for factors of 1.
  private(set) var scale: [Float]?
  private(set) var bias: Tensor?
  private(set) var activation: ActivationFunction
  /// Whether the call's second input is added.
  private(set) var addsResidual = false
  /// Whether the bias is a ``LineBias`` over outputs whose lines are as long as it.
  private(set) var fitsLines = false
  /// What is rounded after each of these; nil in single precision.
  private(set) var rounding: Rounding?
  /// Whether the product is TensorFlow's `matmul`, which rounds in a way of its own.
  private var isMatmul = false

  private static let residualInput = 1

  init(
    bias: Tensor?, activation: ActivationFunction = .elementwise(.linear), fitsLines: Bool = false
  ) {
    self.bias = bias
    self.activation = activation
    self.fitsLines = fitsLines && bias != nil
  }

  /// What a kernel does for outputs of a shape, and what is done to its lines then; nil where the
  /// bias is the channels'.
  func parts(for output: Shape, _ rounding: Rounding?) -> (product: Finish, lines: LineBias)? {
    guard fitsLines, let bias, output.rank > 2, output[-2] == bias.shape.elementCount else {
      return nil
    }
    var product = linear
    product.bias = nil
    product.fitsLines = false
    var rest = Finish(bias: nil, activation: activation)
    rest.rounding = rounding
    return (product, LineBias(bias, rest))
  }

  /// The same without the function.
  var linear: Finish {
    var copy = self
    copy.activation = .elementwise(.linear)
    return copy
  }

  /// The same, rounded after each of its parts, which all become those of ``finish(_:rows:width:)``.
  func rounded(by rounding: Rounding?, isMatmul: Bool = false) -> Finish {
    var copy = self
    copy.rounding = rounding
    copy.isMatmul = isMatmul
    return copy
  }

  /// The part that a kernel does before it stores a number.
  ///
  /// `output` is where a kernel's output begins that the epilogue is for, somewhere in the step's.
  func epilogue(
    _ buffers: StepBuffers, _ output: UnsafePointer<Float>, width: Int
  ) -> Epilogue {
    if rounding != nil { return Epilogue() }
    var epilogue = Epilogue(bias: bias?.firstNumber, activation: activation.epilogue)
    if addsResidual {
      epilogue.residual =
        buffers.input(Self.residualInput) + (output - UnsafePointer(buffers.output()))
      epilogue.residualStride = width
    }
    return epilogue
  }

  /// The part that needs whole rows, in place.
  func finish(_ values: UnsafeMutablePointer<Float>, rows: Int, width: Int) {
    guard rounding == nil else {
      addBias(values, rows: rows, width: width)
      return apply(values, values, rows: rows, width: width)
    }
    guard case .rows(let function) = activation else { return }
    function.apply(values, into: values, rows: rows, width: width)
  }

  /// Adds the bias to a product that is rounded, which the epilogue otherwise does.
  func addBias(_ values: UnsafeMutablePointer<Float>, rows: Int, width: Int) {
    guard let rounding else { return }
    if isMatmul {
      rounding.roundProduct(values, count: rows * width)
    } else {
      rounding.round(values, count: rows * width)
    }
    guard let bias = bias?.firstNumber else { return }
    rounding.add(bias, to: values, rows: rows, width: width)
  }

  /// y = the function of rows of x; `y` may be `x`, but not for `glu`.
  func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    if let rounding {
      rounding.apply(activation, x, y, rows: rows, width: width)
    } else {
      activation.apply(x, y, rows: rows, width: width)
    }
  }

  /// C = finish(A · B) over rows that lie close to each other.
  func multiply(
    _ panels: PackedMatrix, rows: Int, _ a: UnsafePointer<Float>, _ buffers: StepBuffers
  ) {
    let c = buffers.output()
    let width = panels.columns
    panels.multiply(rows: rows, a, into: c, epilogue(buffers, c, width: width), buffers.workers)
    guard activation.isOfRows || rounding != nil else { return }
    buffers.workers.forEachRange(of: rows, grain: 4096 / max(width, 1) + 1) { range in
      finish(c + range.lowerBound * width, rows: range.count, width: width)
    }
  }
}

extension Finish {
  /// The finish that does `operation` last; nil where something stands behind what it would change.
  func absorbing(_ operation: GraphOperation) -> Finish? {
    guard activation == .elementwise(.linear) else { return nil }
    var finish = self
    switch operation {
    case .function(let function):
      finish.activation = .elementwise(function)
    case .sum:
      guard !addsResidual else { return nil }
      finish.addsResidual = true
    case .scale(let factors, let offsets):
      guard !addsResidual, !fitsLines else { return nil }
      let bias = bias?.elements(as: Float.self)
      let shifted = offsets.indices.map {
        Float(Double(bias?[$0] ?? 0) * Double(factors[$0]) + Double(offsets[$0]))
      }
      finish.scale = factors.indices.map { factors[$0] * (scale?[$0] ?? 1) }
      finish.bias = Tensor([shifted.count], shifted)
    case .identity, .padding, .product, .expansion, .scaledInput:
      return nil
    }
    return finish
  }
}

extension Finish {
  /// The finish of products that `offsets` are added to, one for each column.
  func shifted(by offsets: [Double]) -> Finish? {
    guard !fitsLines else { return nil }
    var finish = self
    let bias = bias?.elements(as: Float.self)
    let shifted = offsets.indices.map {
      Float(Double(bias?[$0] ?? 0) + offsets[$0] * Double(scale?[$0] ?? 1))
    }
    finish.bias = Tensor([shifted.count], shifted)
    return finish
  }
}

/// A layer whose numbers are products that a ``Finish`` completes.
protocol FinishedLayer: AbsorbingLayer {
  var finish: Finish { get set }
}

extension FinishedLayer {
  package func absorbing(_ operation: GraphOperation) -> (any Layer)? { finishing(operation) }

  /// This layer with an operation that its finish does.
  func finishing(_ operation: GraphOperation) -> (any Layer)? {
    guard let finish = finish.absorbing(operation) else { return nil }
    var layer = self
    layer.finish = finish
    return layer
  }
}
