import Tensors

/// How an equation runs for an input of a given shape: the input's axes are ordered into
/// (batch…, rows…, inner…, summed…), the last summed up, the kernel's into (batch…, inner…,
/// columns…), and the product's (batch…, rows…, columns…) into those of the output.
struct EinsumPlan: Sendable {
  let inputOrder: [Int]
  let kernelOrder: [Int]
  /// The product's axes in the output's order.
  let outputOrder: [Int]
  /// The product's shape before that.
  let product: Shape
  let output: Shape
  let batch: Int
  let rows: Int
  let inner: Int
  let columns: Int
  let summed: Int

  init(_ equation: EinsumEquation, input: Shape, kernel: Shape) throws(LayerError) {
    guard let letters = equation.letters(inputRank: input.rank),
      kernel.rank == equation.kernel.count
    else {
      throw LayerError("expected an input that the equation fits, found shape \(input)")
    }
    let (from, to, weights) = (letters.input, letters.output, equation.kernel)
    var sizes = Dictionary(zip(from, input.dimensions)) { size, _ in size }
    for (letter, size) in zip(weights, kernel.dimensions) where sizes[letter] != size {
      guard sizes[letter] == nil else {
        throw LayerError("expected size \(size) on axis \"\(letter)\", found shape \(input)")
      }
      sizes[letter] = size
    }
    let shared = to.filter { from.contains($0) && weights.contains($0) }
    let free = from.filter { to.contains($0) && !weights.contains($0) }
    let contracted = from.filter { weights.contains($0) && !to.contains($0) }
    let made = to.filter { !from.contains($0) }
    let lost = from.filter { !weights.contains($0) && !to.contains($0) }
    let count = { (letters: [Character]) in letters.reduce(1) { $0 * (sizes[$1] ?? 1) } }
    let order = { (letters: [Character], all: [Character]) in
      letters.compactMap { letter in all.firstIndex(of: letter) }
    }
    inputOrder = order(shared + free + contracted + lost, from)
    kernelOrder = order(shared + contracted + made, weights)
    outputOrder = order(to, shared + free + made)
    product = Shape((shared + free + made).map { sizes[$0] ?? 1 })
    output = Shape(to.map { sizes[$0] ?? 1 })
    (batch, rows, inner) = (count(shared), count(free), count(contracted))
    (columns, summed) = (count(made), count(lost))
  }

  /// Whether the input's axes stand in order and none is summed up beforehand.
  var takesInputAsItIs: Bool { inputOrder == Array(inputOrder.indices) && summed == 1 }
  /// Whether the product's axes are the output's.
  var givesOutputAsItIs: Bool { outputOrder == Array(outputOrder.indices) }
}
