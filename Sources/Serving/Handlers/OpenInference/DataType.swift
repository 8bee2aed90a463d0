import Tensors

extension ElementType {
  /// The Open Inference Protocol's name of the type.
  var openInferenceName: String {
    switch self {
    case .float32: "FP32"
    case .float64: "FP64"
    case .float16: "FP16"
    case .bfloat16: "BF16"
    case .string: "BYTES"
    default: rawValue.uppercased()
    }
  }

  /// The type that the Open Inference Protocol calls by a name.
  init?(openInferenceName name: String) {
    guard let type = ElementType.allCases.first(where: { $0.openInferenceName == name }) else {
      return nil
    }
    self = type
  }

  /// Triton's name of the type in a model's configuration.
  var configurationName: String {
    self == .string ? "TYPE_STRING" : "TYPE_" + openInferenceName
  }
}
