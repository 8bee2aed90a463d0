import Tensors

/// What a layer does with a product: activation(product + bias).
///
/// A step's body captures the value, which keeps the bias in place while kernels read it.
struct BiasActivation: Sendable {
  let bias: Tensor?
  let activation: ActivationFunction

  /// The part that a kernel does before it stores a number.
  var epilogue: Epilogue {
    Epilogue(
      bias: bias.flatMap {
        $0.storage.bytes.baseAddress.map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }
      }, activation: activation.epilogue)
  }

  /// The part that needs whole rows, in place.
  func finish(_ values: UnsafeMutablePointer<Float>, rows: Int, width: Int) {
    guard case .rows(let function) = activation else { return }
    function.apply(values, into: values, rows: rows, width: width)
  }

  /// C = activation(A · B + bias) over rows that lie close to each other.
  func multiply(
    _ panels: PackedMatrix, rows: Int, _ a: UnsafePointer<Float>, _ buffers: StepBuffers
  ) {
    let c = buffers.output()
    panels.multiply(rows: rows, a, into: c, epilogue, buffers.workers)
    let width = panels.columns
    buffers.workers.forEachRange(of: rows, grain: 4096 / max(width, 1) + 1) { range in
      finish(c + range.lowerBound * width, rows: range.count, width: width)
    }
  }
}
