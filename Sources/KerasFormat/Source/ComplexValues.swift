import ModelFormat

/// Tells the complex numbers of a model as two tensors each, their real and their imaginary parts:
/// the canonical dialect has real ones alone.
///
/// A layer that gives complex numbers becomes two, the second with `/imaginary` behind its name, or
/// stays one that gives both; what computes with complex numbers becomes operations of their parts.
struct ComplexValues {
  typealias Tree = CallTree<ValueReference>

  /// Where problems are told.
  let report: ImportReport

  /// The model with its operations told; those of complex numbers are operations of parts.
  func translated(_ model: SourceModel, path: String) -> SourceModel {
    let names = Self.complexLayers(of: model)
    guard !names.isEmpty else { return model }
    let pairs = Set(
      model.layers.lazy
        .filter { names.contains($0.name) && Self.pairs.contains($0.className) }.map(\.name))
    var result = model
    result.layers = []
    for layer in model.layers {
      guard names.contains(layer.name) || Self.reads(layer, names) else {
        result.layers.append(layer)
        continue
      }
      var arithmetic = ComplexArithmetic(layer, complex: names, pairs: pairs)
      guard case .layer = layer.body, layer.calls.count == 1, arithmetic.translate() else {
        report.unsupported(
          joined(path, layer.name), layer.className,
          reason: "the layer computes with complex numbers, which it is not supported for")
        result.layers += Self.untranslated(layer)
        continue
      }
      result.layers += arithmetic.layers
    }
    for output in model.outputs where names.contains(output.value.layer) {
      report.unsupported(
        joined(path, output.value.layer), reason: "the model gives complex numbers")
    }
    return result
  }

  /// A layer that is not supported, twice, so that what reads its parts finds them.
  private static func untranslated(_ layer: SourceLayer) -> [SourceLayer] {
    var imaginary = layer
    imaginary.name += "/imaginary"
    return [layer, imaginary]
  }

  /// The names of the layers that give complex numbers.
  private static func complexLayers(of model: SourceModel) -> Set<String> {
    var names = Set(model.layers.lazy.filter(makesComplex).map(\.name))
    var count = 0
    while names.count != count {
      count = names.count
      for layer in model.layers where reads(layer, names) {
        guard case .layer = layer.body, !givesReal(layer) else { continue }
        names.insert(layer.name)
      }
    }
    return names
  }

  /// Whether a layer makes complex numbers of real ones.
  private static func makesComplex(_ layer: SourceLayer) -> Bool {
    layer.config["is_complex"]?.bool == true || makers.contains(layer.className)
      || layer.className == "ops.Cast" && castsToComplex(layer)
  }

  /// Whether a layer makes real numbers of complex ones.
  private static func givesReal(_ layer: SourceLayer) -> Bool {
    takers.contains(layer.className) || layer.className == "ops.Cast" && !castsToComplex(layer)
  }

  private static func castsToComplex(_ layer: SourceLayer) -> Bool {
    layer.config["dtype"]?.string?.hasPrefix("complex") == true
  }

  private static func reads(_ layer: SourceLayer, _ names: Set<String>) -> Bool {
    layer.calls.contains { $0.references.contains { names.contains($0.layer) } }
  }

  private static let makers: Set = ["ops.Complex", "ops.Polar", "ops.ViewAsComplex"]

  private static let takers: Set = [
    "ops.Absolute", "ops.Angle", "ops.IRFFT", "ops.IRFFT2", "ops.IRFFT3", "ops.ISTFT",
    "ops.Imag", "ops.InverseSignalSTFT", "ops.Real", "ops.Sizes", "ops.ViewAsReal",
  ]

  /// The operations that give both parts themselves.
  private static let pairs: Set = [
    "ops.FFT", "ops.FFT2", "ops.FFT3", "ops.IFFT", "ops.IFFT2", "ops.IFFT3", "ops.RFFT",
    "ops.RFFT2", "ops.RFFT3", "ops.SignalSTFT",
  ]
}
