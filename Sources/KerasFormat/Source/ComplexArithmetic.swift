import ModelFormat

/// The operations of real numbers that one operation of complex numbers is.
struct ComplexArithmetic {
  private typealias Tree = CallTree<ValueReference>
  /// The parts of an operand; what has no imaginary part is real.
  private typealias Parts = (real: Tree, imaginary: Tree?)

  /// The operations, of which the last ones have the names that others know.
  private(set) var layers: [SourceLayer] = []
  private let layer: SourceLayer
  private let call: SourceCall
  private let complex: Set<String>
  private let pairs: Set<String>
  private var count = 0

  /// The arithmetic of a layer, among layers of which some give complex numbers, and some of these
  /// both parts by themselves.
  init(_ layer: SourceLayer, complex: Set<String>, pairs: Set<String>) {
    self.layer = layer
    (self.complex, self.pairs) = (complex, pairs)
    call = layer.calls.first ?? SourceCall()
  }

  /// Makes the operations; false where there are none for the layer.
  mutating func translate() -> Bool {
    if pairs.contains(layer.name) || Self.ofParts.contains(layer.className) {
      transform()
      return true
    }
    let isSum = Self.sums.contains(layer.className)
    if isSum || Self.linear.contains(layer.className) {
      split(isSum: isSum)
      return true
    }
    let operands = call.positional.map(parts)
    guard let first = operands.first else { return false }
    if operands.count == 1 { return unary(first) || made(of: first) }
    guard operands.count == 2 else { return false }
    return binary(first, operands[1])
  }

  /// A transform, which takes both parts and gives both, or a real signal.
  private mutating func transform() {
    var made = layer
    made.config["is_complex"] = nil
    made.calls = [call]
    made.calls[0].positional = call.positional.map { tree in
      guard case .value(let value) = tree, complex.contains(value.layer) else { return tree }
      return .list([.value(part(value, false)), .value(part(value, true))])
    }
    if pairs.contains(layer.name) { made.calls[0].referencedOutputs = 2 }
    layers.append(made)
  }

  /// The layer once for each part; the operands of a sum may be real, too.
  private mutating func split(isSum: Bool) {
    for isImaginary in [false, true] {
      var made = layer
      made.name = name(isImaginary)
      made.calls = [call]
      made.calls[0].positional = []
      for tree in call.positional {
        made.calls[0].positional.append(picked(tree, isImaginary, isSum: isSum))
      }
      made.calls[0].keywords = call.keywords.compactMapValues { tree in
        tree.map { part($0, isImaginary) }
      }
      // What a pad puts beside its input is a real number.
      if isImaginary { made.calls[0].keywords["constant_values"] = nil }
      layers.append(made)
    }
  }

  /// An operation of one complex number.
  private mutating func unary(_ x: Parts) -> Bool {
    guard let imaginary = x.imaginary else { return false }
    let real = x.real
    switch layer.className {
    case "ops.Absolute": finish(false, "ops.Hypot", [real, imaginary])
    case "ops.Angle": finish(false, "ops.Arctan2", [imaginary, real])
    case "ops.Cast": finish(false, "ops.Cast", [real], layer.config)
    case "ops.Imag": finish(false, "ops.Copy", [imaginary])
    case "ops.Real": finish(false, "ops.Copy", [real])
    case "ops.ViewAsReal":
      finish(false, "ops.Stack", [.list([real, imaginary])], ["axis": .int(-1)])
    case "ops.Conjugate", "ops.Conj":
      finish(false, "ops.Copy", [real])
      finish(true, "ops.Negative", [imaginary])
    case "ops.Exp":
      turn(make("ops.Exp", [real]), by: imaginary)
    case "ops.Log":
      finish(false, "ops.Log", [make("ops.Hypot", [real, imaginary])])
      finish(true, "ops.Arctan2", [imaginary, real])
    case "ops.Reciprocal":
      let square = squaredSize(real, imaginary)
      finish(false, "ops.TrueDivide", [real, square])
      finish(true, "ops.TrueDivide", [make("ops.Negative", [imaginary]), square])
    case "ops.Sqrt":
      let angle = make("ops.Arctan2", [imaginary, real])
      turn(
        make("ops.Sqrt", [make("ops.Hypot", [real, imaginary])]),
        by: make("ops.Multiply", [angle, .constant(.double(0.5))]))
    case "ops.Square": square(real, imaginary)
    default: return false
    }
    return true
  }

  /// Complex numbers of one tensor of real ones.
  private mutating func made(of x: Parts) -> Bool {
    switch layer.className {
    case "ops.Cast" where x.imaginary == nil:
      finish(false, "ops.Cast", [x.real], ["dtype": .string("float32")])
      finish(true, "ops.ZerosLike", [x.real], ["dtype": .string("float32")])
    case "ops.Cast":
      finish(false, "ops.Copy", [x.real])
      finish(true, "ops.Copy", x.imaginary.map { [$0] } ?? [])
    case "ops.ViewAsComplex":
      for isImaginary in [false, true] {
        let ellipsis = JSONValue.object(["class_name": .string("__ellipsis__")])
        let key = JSONValue.array([ellipsis, .int(isImaginary ? 1 : 0)])
        finish(isImaginary, "ops.GetItem", [x.real, .constant(key)])
      }
    default: return false
    }
    return true
  }

  /// An operation of two numbers of which one is complex, or becomes it.
  private mutating func binary(_ a: Parts, _ b: Parts) -> Bool {
    switch layer.className {
    case "ops.Complex": join(a.real, b.real)
    case "ops.Polar": turn(a.real, by: b.real)
    case "ops.Multiply", "ops.Matmul", "ops.Tensordot", "ops.Dot": multiply(a, b)
    case "ops.Power":
      guard b.real.constant?.double == 2, let imaginary = a.imaginary else { return false }
      square(a.real, imaginary)
    case "ops.TrueDivide", "ops.Divide": divide(a, b)
    default: return false
    }
    return true
  }

  private mutating func join(_ a: Tree, _ b: Tree) {
    // Each part has the shape of both.
    func zero(_ tree: Tree) -> Tree? {
      tree.constant == nil ? make("ops.ZerosLike", [tree]) : nil
    }
    let (left, right) = (zero(a), zero(b))
    finish(false, "ops.Add", [a, right ?? left ?? .constant(.int(0))])
    finish(true, "ops.Add", [b, left ?? right ?? .constant(.int(0))])
  }

  /// The complex number of a size and an angle.
  private mutating func turn(_ size: Tree, by angle: Tree) {
    finish(false, "ops.Multiply", [size, cosine(of: angle)])
    finish(true, "ops.Multiply", [size, sine(of: angle)])
  }

  private mutating func cosine(of angle: Tree) -> Tree { make("ops.Cos", [angle]) }
  private mutating func sine(of angle: Tree) -> Tree { make("ops.Sin", [angle]) }

  private mutating func square(_ real: Tree, _ imaginary: Tree) {
    finish(
      false, "ops.Subtract", [make("ops.Square", [real]), make("ops.Square", [imaginary])])
    let product = make("ops.Multiply", [real, imaginary])
    finish(true, "ops.Multiply", [product, .constant(.int(2))])
  }

  private mutating func squaredSize(_ real: Tree, _ imaginary: Tree) -> Tree {
    make("ops.Add", [make("ops.Square", [real]), make("ops.Square", [imaginary])])
  }

  /// A product by the layer's own operation.
  private mutating func multiply(_ a: Parts, _ b: Parts) {
    let (operation, options) = (layer.className, layer.config)
    guard let ai = a.imaginary else {
      finish(false, operation, [a.real, b.real], options)
      if let bi = b.imaginary { finish(true, operation, [a.real, bi], options) }
      return
    }
    guard let bi = b.imaginary else {
      finish(false, operation, [a.real, b.real], options)
      finish(true, operation, [ai, b.real], options)
      return
    }
    let ofReals = make(operation, [a.real, b.real], options)
    finish(false, "ops.Subtract", [ofReals, make(operation, [ai, bi], options)])
    let mixed = make(operation, [a.real, bi], options)
    finish(true, "ops.Add", [mixed, make(operation, [ai, b.real], options)])
  }

  private mutating func divide(_ a: Parts, _ b: Parts) {
    guard let bi = b.imaginary else {
      finish(false, "ops.TrueDivide", [a.real, b.real])
      if let ai = a.imaginary { finish(true, "ops.TrueDivide", [ai, b.real]) }
      return
    }
    let size = squaredSize(b.real, bi)
    var real = make("ops.Multiply", [a.real, b.real])
    var imaginary = make("ops.Negative", [make("ops.Multiply", [a.real, bi])])
    if let ai = a.imaginary {
      real = make("ops.Add", [real, make("ops.Multiply", [ai, bi])])
      imaginary = make("ops.Add", [imaginary, make("ops.Multiply", [ai, b.real])])
    }
    finish(false, "ops.TrueDivide", [real, size])
    finish(true, "ops.TrueDivide", [imaginary, size])
  }

  /// The layer's name, or its imaginary part's.
  private func name(_ isImaginary: Bool) -> String {
    isImaginary ? layer.name + "/imaginary" : layer.name
  }

  /// Adds an operation under the name of one of the layer's parts.
  private mutating func finish(
    _ isImaginary: Bool, _ className: String, _ operands: [Tree],
    _ config: [String: JSONValue] = [:]
  ) {
    add(name(isImaginary), className, operands, config)
  }

  /// Adds an operation on the way, and gives its result.
  private mutating func make(
    _ className: String, _ operands: [Tree], _ config: [String: JSONValue] = [:]
  ) -> Tree {
    count += 1
    let name = "\(layer.name)/step\(count)"
    add(name, className, operands, config)
    return .value(ValueReference(layer: name, call: 0))
  }

  private mutating func add(
    _ name: String, _ className: String, _ operands: [Tree], _ config: [String: JSONValue]
  ) {
    var made = SourceLayer(name: name, className: className)
    made.config = config
    made.calls = [SourceCall(positional: operands)]
    layers.append(made)
  }

  private func parts(_ tree: Tree) -> Parts {
    guard case .value(let value) = tree, complex.contains(value.layer) else { return (tree, nil) }
    return (.value(part(value, false)), .value(part(value, true)))
  }

  /// The value of one part of a complex one.
  private func part(_ value: ValueReference, _ isImaginary: Bool) -> ValueReference {
    guard complex.contains(value.layer) else { return value }
    var value = value
    if pairs.contains(value.layer) {
      value.output = isImaginary ? 1 : 0
    } else if isImaginary {
      value.layer += "/imaginary"
    }
    return value
  }

  /// An argument of one of the parts; what is real in a sum has zeros for its imaginary part.
  private mutating func picked(_ tree: Tree, _ isImaginary: Bool, isSum: Bool) -> Tree {
    switch tree {
    case .value(let value):
      if isSum, isImaginary, !complex.contains(value.layer) {
        return make("ops.ZerosLike", [tree])
      }
      return .value(part(value, isImaginary))
    case .constant(let constant):
      return .constant(isSum && isImaginary ? Self.zeros(constant) : constant)
    case .list(let elements):
      var made: [Tree] = []
      for element in elements { made.append(picked(element, isImaginary, isSum: isSum)) }
      return .list(made)
    case .dictionary: return tree
    }
  }

  /// Zeros in the place of every number.
  private static func zeros(_ constant: JSONValue) -> JSONValue {
    switch constant {
    case .array(let elements): return .array(elements.map(zeros))
    case .object(let members): return .object(members.mapValues(zeros))
    case .int, .double: return .int(0)
    default: return constant
    }
  }

  /// Transforms that take both parts.
  private static let ofParts: Set = [
    "ops.IRFFT", "ops.IRFFT2", "ops.IRFFT3", "ops.InverseSignalSTFT",
  ]

  /// What does to both parts the same, whatever constants it has.
  private static let linear: Set = [
    "Cropping1D", "Cropping2D", "Flatten", "Permute", "Reshape", "ZeroPadding1D", "ZeroPadding2D",
    "ops.BroadcastTo", "ops.Copy", "ops.Cumsum", "ops.ExpandDims", "ops.FFTShift", "ops.Flip",
    "ops.GatherNd", "ops.GetItem", "ops.IFFTShift", "ops.Mean", "ops.Moveaxis", "ops.Negative",
    "ops.Pad", "ops.Ravel", "ops.Repeat", "ops.Reshape", "ops.Roll", "ops.Split", "ops.Squeeze",
    "ops.StopGradient", "ops.Sum", "ops.Take", "ops.Tile", "ops.Transpose",
    "ops.Unstack", "ops.ZerosLike",
  ]

  /// What does so, too, to operands that may be real numbers.
  private static let sums: Set = [
    "Add", "Average", "Concatenate", "Subtract", "ops.Add", "ops.Concatenate", "ops.Stack",
    "ops.Subtract",
  ]
}
