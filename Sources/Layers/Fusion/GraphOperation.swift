package import Tensors

/// What a layer does, where graph passes know how another layer can do it along with its own work.
package enum GraphOperation: Sendable {
  /// y = x.
  case identity
  /// y[…, c] = x[…, c] · factors[c] + offsets[c].
  case scale(factors: [Float], offsets: [Float])
  /// The same, done to a layer's input.
  case scaledInput(factors: [Float], offsets: [Float])
  /// y = f(x), element by element.
  case function(Activation)
  /// y = x₀ + x₁, two tensors of one shape.
  case sum
  /// y = x₀ · x₁, two tensors that broadcast.
  case product
  /// y[…, f] = f(Σ_c x[…, c] · kernel[c, f]): the layer itself, which computes each pixel alone.
  case expansion(any Layer)
  /// y = x with zeros before and after each spatial axis.
  case padding([(before: Int, after: Int)])
}

/// A layer that is one of the operations that others can absorb.
package protocol AbsorbableLayer: Layer {
  /// What the layer does to tensors of the given rank; nil where that is no ``GraphOperation``.
  func operation(rank: Int) -> GraphOperation?
}

/// A layer that can do other layers' work along with its own.
package protocol AbsorbingLayer: Layer {
  /// This layer with `operation` done as well: padding, products, expansions and what is done to its
  /// input before its own work, all others after it.
  ///
  /// A layer that has absorbed a sum takes the other term as an input under the keyword
  /// ``residualKeyword``; one that has absorbed a product takes the factors of its first input's
  /// channels, one for each item, under ``factorsKeyword``.
  ///
  /// - Returns: The layer that does both, or nil where it cannot.
  func absorbing(_ operation: GraphOperation) -> (any Layer)?
}

extension LayerCall {
  /// Fails where a sum that was absorbed has terms of different shapes, which needs broadcasting.
  package func checkResidual() throws(LayerError) {
    guard let residual = keywords[residualKeyword] else { return }
    guard inputs[residual].shape == outputs.first?.shape else {
      throw LayerError("expected terms of one shape to add, found \(inputs[residual].shape)")
    }
  }
}

extension LayerCall {
  /// Fails where factors that were absorbed are not those of the first input's channels.
  package func checkFactors() throws(LayerError) {
    guard let factors = keywords[factorsKeyword] else { return }
    guard inputs[factors].shape.isChannelFactors(of: inputs[0].shape) else {
      throw LayerError("expected a factor for each channel, found \(inputs[factors].shape)")
    }
  }
}

extension Shape {
  /// Whether a tensor of this shape has one number for each channel of each item of `other`.
  package func isChannelFactors(of other: Shape) -> Bool {
    rank >= 2 && rank <= other.rank && other.rank > 2 && self[0] == other[0]
      && self[-1] == other[-1] && elementCount == self[0] * self[-1]
  }
}

/// The keyword under which a layer that has absorbed a sum takes the other term.
package let residualKeyword = "residual"
/// The keyword under which a layer that has absorbed a product takes the factors.
package let factorsKeyword = "factors"
