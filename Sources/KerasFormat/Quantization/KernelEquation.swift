import ModelFormat
import Tensors

/// Which axes of an `EinsumDense`'s kernel its output has, by the letters of its equation.
struct KernelEquation {
  /// The kernel's axes.
  let kernel: [Character]
  private let input: [Character]
  private let output: [Character]

  /// The axes of a layer of the given options; nil where they hold no equation.
  init?(_ config: [String: JSONValue]) {
    guard let text = config["equation"]?.string else { return nil }
    let letters = text.split { !$0.isLetter && $0 != "." }.map { Array($0.filter(\.isLetter)) }
    guard letters.count == 3 else { return nil }
    (input, kernel, output) = (letters[0], letters[1], letters[2])
  }

  /// The letters of the kernel's axes that the output has, in the kernel's order.
  var kept: [Character] { kernel.filter(output.contains) }

  /// Those letters in the output's order.
  var keptAsInOutput: [Character] { output.filter(kernel.contains) }

  /// The first of the kernel's axes that is summed over.
  var firstSummed: Int { kernel.firstIndex { !output.contains($0) } ?? 0 }

  /// The size of that axis, where the options tell the shape of the layer's input.
  func summedSize(_ config: [String: JSONValue]) -> Int? {
    guard kernel.indices.contains(firstSummed) else { return nil }
    return sizes(config)[kernel[firstSummed]]
  }

  /// The kernel's shape, of which the options tell some sizes and the number of elements another.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - config: The layer's options, with the shape of its input where that is known.
  /// - Returns: The shape, or nil where it cannot be told.
  func shape(count: Int, _ config: [String: JSONValue]) -> [Int]? {
    var sizes = sizes(config)
    let unknown = kernel.filter { sizes[$0] == nil }
    let known = Shape(kernel.map { max(sizes[$0] ?? 1, 1) }).elementCount(atMost: max(count, 1))
    if unknown.count == 1, let known, count % known == 0 { sizes[unknown[0]] = count / known }
    let shape = kernel.compactMap { sizes[$0] }
    return shape.count == kernel.count && Shape(shape).elementCount(atMost: count) == count
      ? shape : nil
  }

  /// The sizes that the options tell.
  private func sizes(_ config: [String: JSONValue]) -> [Character: Int] {
    var sizes: [Character: Int] = [:]
    let outputs = config["output_shape"]?.array ?? config["output_shape"].map { [$0] } ?? []
    let inputs = config[Quantization.inputShape]?.array ?? []
    for (letters, values) in [(output, outputs), (input, inputs)] {
      // The values stand for the last axes: the first is the batch, or several that dots stand for.
      for (letter, value) in zip(letters.reversed(), values.reversed()) where value.int != nil {
        sizes[letter] = value.int
      }
    }
    return sizes
  }
}
