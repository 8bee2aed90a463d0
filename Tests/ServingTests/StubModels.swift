import Inference
import Serving
import Tensors

/// Models that compute something simple, so that what a server answers can be foreseen.
enum StubModels {
  /// Takes (?, 2) numbers and gives half of each, and 2.
  static let half = ServedModel(
    name: "half",
    inputs: [ModelPort(name: "x", shape: [nil, 2], elementType: .float32)],
    outputs: [ModelPort(name: "y", shape: [nil, 2], elementType: .float32)]
  ) { inputs throws(PredictionError) in
    let numbers = inputs[0].elements(as: Float.self)
    return [Tensor(inputs[0].shape, numbers.map { $0 / 2 + 2 })]
  }

  /// Takes a number `a` and three integers `b`; gives `sum` and the integers as `copy`.
  static let pair = ServedModel(
    name: "pair",
    inputs: [
      ModelPort(name: "a", shape: [nil], elementType: .float32),
      ModelPort(name: "b", shape: [nil, 3], elementType: .int32),
    ],
    outputs: [
      ModelPort(name: "sum", shape: [nil], elementType: .float32),
      ModelPort(name: "copy", shape: [nil, 3], elementType: .int32),
    ]
  ) { inputs throws(PredictionError) in
    let integers = inputs[1].elements(as: Int32.self)
    let sums = inputs[0].elements(as: Float.self).enumerated().map { row, a in
      integers[(row * 3)..<(row * 3 + 3)].reduce(a) { $0 + Float($1) }
    }
    return [Tensor(inputs[0].shape, sums), inputs[1]]
  }

  /// Takes two strings and gives them in the other order.
  static let words = ServedModel(
    name: "words",
    inputs: [ModelPort(name: "x", shape: [nil, 2], elementType: .string)],
    outputs: [ModelPort(name: "y", shape: [nil, 2], elementType: .string)]
  ) { inputs throws(PredictionError) in
    let words = inputs[0].strings
    return [Tensor(inputs[0].shape, words.indices.map { words[$0 ^ 1] })]
  }

  /// Takes digits; the class of a digit is the number of its inked rows of the ten rows from 9 to
  /// 18, its scores are not probabilities.
  static let digit = ServedModel(
    name: "digit",
    inputs: [ModelPort(name: "image", shape: [nil, 28, 28, 1], elementType: .float32)],
    outputs: [ModelPort(name: "scores", shape: [nil, 10], elementType: .float32)]
  ) { inputs throws(PredictionError) in
    let pixels = inputs[0].elements(as: Float.self)
    let scores: [Float] = (9..<19).map { row in
      pixels[(row * 28)..<(row * 28 + 28)].reduce(0, +)
    }
    return [Tensor([1, 10], scores)]
  }

  /// Gives the same ten probabilities for any 784 numbers, and has labels.
  static let labelled = ServedModel(
    name: "labelled",
    inputs: [ModelPort(name: "pixels", shape: [nil, 784], elementType: .float32)],
    outputs: [ModelPort(name: "classes", shape: [nil, 10], elementType: .float32)],
    labels: ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
  ) { inputs throws(PredictionError) in
    [Tensor([1, 10], (0..<10).map { Float($0) / 45 })]
  }
}

extension HTTPRouter {
  /// The paths of TensorFlow Serving's API for models.
  init(tensorFlow models: [ServedModel]) {
    let models = ModelRepository(models)
    self.init([
      HTTPRoute("POST", "/*", on: .worker, TensorFlowPredictionHandler(models)),
      HTTPRoute(nil, "/*", on: .connection, TensorFlowServingHandler(models)),
    ])
  }
}

extension HTTPResponse {
  /// The body as text.
  var text: String { String(decoding: body, as: UTF8.self) }
}

extension HTTPHandler {
  /// The response, errors made to what a client gets.
  func respond(_ request: HTTPRequest) -> HTTPResponse {
    do throws(HTTPError) {
      return try handle(request)
    } catch {
      return error.response
    }
  }
}
