import ModelFormat

/// How a `channels_first` layer is run channels-last: the channels go last before it, and come back
/// after it unless its output has no other axes.
struct ChannelsFirst {
  /// The order of axes that puts the channels last, as the canonical `Transpose` has it.
  let toLast: JSONValue
  /// The order that puts them second again, or nil where they stay.
  let toFirst: JSONValue?
  /// Whether the layer adds a bias to a product that TensorFlow does not take in one with it: plain
  /// convolutions in one and two dimensions are so taken unless they are dilated, and have the bias
  /// where it belongs.
  let addsBiasApart: Bool

  /// What a class does with the axes.
  private struct Form: Sendable {
    /// The number of spatial axes; nil where any number will do.
    var axes: Int?
    /// Whether the output has lost its spatial axes, unless `keepdims` is set.
    var reduces = false
  }

  /// Whether a layer is to be rewritten.
  static func applies(to layer: SourceLayer) -> Bool {
    let core = layer.core
    return core.config["data_format"]?.string == "channels_first" && table[core.className] != nil
  }

  /// The rewriting of a layer; nil where its class knows no `data_format`.
  init?(_ layer: SourceLayer) {
    let core = layer.core
    guard let form = Self.table[core.className] else { return nil }
    let keepsAxes = !form.reduces || core.config["keepdims"]?.bool == true
    let isTaken =
      ["Conv1D", "Conv2D"].contains(core.className) && core.config["groups"]?.int ?? 1 == 1
      && !Self.isDilated(core.config["dilation_rate"])
    addsBiasApart =
      core.className.contains("Conv") && !isTaken && core.config["use_bias"]?.bool != false
    guard let rank = form.axes.map({ $0 + 2 }) else {
      toLast = .string("channels_last")
      toFirst = keepsAxes ? .string("channels_first") : nil
      return
    }
    func order(_ axes: [Int]) -> JSONValue { .array(axes.map { .int($0) }) }
    toLast = order([0] + Array(2..<rank) + [1])
    toFirst = keepsAxes ? order([0, rank - 1] + Array(1..<(rank - 1))) : nil
  }

  private static func isDilated(_ rate: JSONValue?) -> Bool {
    (rate?.array ?? [rate ?? .int(1)]).contains { $0 != .int(1) }
  }

  private static let table: [String: Form] = {
    var table = ["Flatten": Form(axes: nil, reduces: true)]
    for axes in 1...3 {
      let convolutions = [
        "Conv#D", "Conv#DTranspose", "DepthwiseConv#D", "LocallyConnected#D", "SeparableConv#D",
      ]
      let reshapings = ["Cropping#D", "UpSampling#D", "ZeroPadding#D"]
      let poolings = [
        "AdaptiveAveragePooling#D", "AdaptiveMaxPooling#D", "AveragePooling#D", "MaxPooling#D",
      ]
      for name in convolutions + reshapings + poolings {
        table[name.numbered(axes)] = Form(axes: axes)
      }
      for name in ["GlobalAveragePooling#D", "GlobalMaxPooling#D"] {
        table[name.numbered(axes)] = Form(axes: axes, reduces: true)
      }
    }
    let pictures = ["CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization", "Resizing"]
    for name in pictures { table[name] = Form(axes: 2) }
    let operations = [
      "AdaptiveAveragePool", "AdaptiveMaxPool", "AveragePool", "Conv", "ConvTranspose",
      "DepthwiseConv", "MaxPool", "Resize", "SeparableConv",
    ]
    for name in operations { table["ops." + name] = Form() }
    return table
  }()
}
