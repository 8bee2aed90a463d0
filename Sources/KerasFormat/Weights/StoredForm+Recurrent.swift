import Tensors

extension StoredForm {
  /// The forms of recurrent layers.
  ///
  /// Keras: `preprocess_weights_for_loading` of 2.3.1's `keras/engine/saving.py`.
  static let recurrentForms: [String: StoredForm] = [
    // Twelve arrays, gate by gate in the order i, c, f, o.
    "keras1_lstm": byGate("icfo", as: "ifco"),
    // Nine arrays.
    "keras1_gru": byGate("zrh", as: "zrh"),
    "cudnn_lstm": cuDNN(gates: 4) { bias in
      let count = bias.count / 2
      return ([count], (0..<count).map { bias[$0] + bias[count + $0] })
    },
    "cudnn_gru": cuDNN(gates: 3) { bias in ([2, bias.count / 2], bias) },
  ]

  private static func byGate(_ stored: String, as wanted: String) -> StoredForm {
    let kinds = [("W", "kernel"), ("U", "recurrent_kernel"), ("b", "bias")]
    let names = stored.flatMap { gate in kinds.map { "\($0.0)_\(gate)" } }
    return StoredForm(names: names) { weights in
      guard weights.map(\.name) == names else { return nil }
      var joined: [NamedWeight] = []
      for (letter, name) in kinds {
        let parts = wanted.compactMap { gate in
          weights.first { $0.name == "\(letter)_\(gate)" }?.tensor
        }
        guard let tensor = Tensor(joiningColumnsOf: parts) else { return nil }
        joined.append(NamedWeight(name: name, tensor: tensor))
      }
      return joined
    }
  }

  /// cuDNN's kernels are transposed gate by gate, and there are two biases for each gate.
  private static func cuDNN(
    gates: Int, _ bias: @escaping @Sendable ([Float]) -> ([Int], [Float])
  ) -> StoredForm {
    StoredForm(names: ["kernel", "recurrent_kernel", "bias"]) { weights in
      guard weights.count == 3, weights[0].tensor.shape.rank == 2,
        weights[1].tensor.shape.rank == 2, weights[2].tensor.shape.rank == 1,
        weights[2].tensor.shape[0] % (2 * gates) == 0,
        weights[..<2].allSatisfy({ $0.tensor.shape[1] == weights[2].tensor.shape[0] / 2 })
      else { return nil }
      let numbers = weights[2].tensor.numbers
      let (shape, elements) = bias(numbers)
      return [
        NamedWeight(
          name: "kernel",
          tensor: turned(weights[0].tensor, gates) { row, column, size in
            // A gate's numbers by columns become its numbers by rows.
            (column * size.rows + row).quotientAndRemainder(dividingBy: size.columns)
          }),
        NamedWeight(
          name: "recurrent_kernel",
          tensor: turned(weights[1].tensor, gates) { row, column, _ in (column, row) }),
        NamedWeight(name: "bias", tensor: Tensor(Shape(shape), elements)),
      ]
    }
  }

  /// A kernel whose every gate has its numbers elsewhere: those of (row, column) at `place`.
  private static func turned(
    _ kernel: Tensor, _ gates: Int,
    from place: (_ row: Int, _ column: Int, _ size: (rows: Int, columns: Int)) -> (Int, Int)
  ) -> Tensor {
    let (rows, width) = (kernel.shape[0], kernel.shape[1])
    let columns = width / gates
    let elements = kernel.numbers
    var result = elements
    for row in 0..<rows {
      for column in 0..<width {
        let (gate, inner) = column.quotientAndRemainder(dividingBy: columns)
        let source = place(row, inner, (rows, columns))
        guard source.0 < rows, source.1 < columns else { continue }
        result[row * width + column] = elements[source.0 * width + gate * columns + source.1]
      }
    }
    return Tensor(kernel.shape, result)
  }
}

extension Tensor {
  /// Tensors of one shape side by side along the last axis; nil where there are none or the shapes
  /// differ.
  init?(joiningColumnsOf parts: [Tensor]) {
    guard let first = parts.first, parts.allSatisfy({ $0.shape == first.shape }),
      let width = first.shape.dimensions.last
    else { return nil }
    let elements = parts.map { $0.numbers }
    let rows = first.shape.elementCount / max(width, 1)
    let joined = (0..<rows).flatMap { row in
      elements.flatMap { $0[(row * width)..<((row + 1) * width)] }
    }
    self.init(Shape(first.shape.dimensions.dropLast() + [parts.count * width]), joined)
  }
}
