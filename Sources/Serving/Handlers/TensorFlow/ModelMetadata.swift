import Inference
import Tensors

/// Writes what TensorFlow Serving tells about a model.
enum ModelMetadata {
  /// The name of the one signature that a model has.
  static let signature = "serving_default"

  /// The inputs and outputs.
  static func write(_ model: ServedModel) -> JSONWriter {
    var json = JSONWriter()
    json.object { json in
      json.member("model_spec") { json in
        json.object { json in
          json.member("name", model.name)
          json.member("signature_name", "")
          json.member("version", String(model.version))
        }
      }
      json.member("metadata") { json in
        nested(["signature_def", "signature_def", signature][...], in: &json) { json in
          json.member("inputs") { write(model.inputs, to: &$0) }
          json.member("outputs") { write(model.outputs, to: &$0) }
          json.member("method_name", "tensorflow/serving/predict")
          json.member("defaults") { $0.object { _ in } }
        }
      }
    }
    return json
  }

  /// The states of versions.
  static func write(_ statuses: [VersionStatus], of name: String) -> JSONWriter {
    var json = JSONWriter()
    json.object { json in
      json.member("model_version_status") { json in
        json.array(statuses) { json, status in
          json.object { json in
            json.member("version", String(status.version))
            json.member("state", status.state.rawValue)
            json.member("status") { json in
              json.object { json in
                json.member("error_code", status.isFailure ? "UNKNOWN" : "OK")
                json.member("error_message", status.isFailure ? status.reason : "")
              }
            }
          }
        }
      }
    }
    return json
  }

  private static func nested(
    _ keys: ArraySlice<String>, in json: inout JSONWriter, _ body: (inout JSONWriter) -> Void
  ) {
    json.object { json in
      guard let key = keys.first else { return body(&json) }
      json.member(key) { nested(keys.dropFirst(), in: &$0, body) }
    }
  }

  private static func write(_ ports: [ModelPort], to json: inout JSONWriter) {
    json.object { json in
      for port in ports {
        json.member(port.name) { json in
          json.object { json in
            json.member("dtype", dataType(port.elementType))
            json.member("tensor_shape") { write(port.shape, to: &$0) }
            json.member("name", "\(port.name):0")
          }
        }
      }
    }
  }

  private static func write(_ shape: [Int?], to json: inout JSONWriter) {
    json.object { json in
      json.member("dim") { json in
        json.array(shape) { json, size in
          json.object { json in
            json.member("size", String(size ?? -1))
            json.member("name", "")
          }
        }
      }
      json.member("unknown_rank") { $0.bool(false) }
    }
  }

  private static func dataType(_ type: ElementType) -> String {
    switch type {
    case .float32: "DT_FLOAT"
    case .float64: "DT_DOUBLE"
    case .float16: "DT_HALF"
    default: "DT_" + type.rawValue.uppercased()
    }
  }
}
