import ModelFormat

/// The types that a layer computes in and stores its weights in.
enum DTypePolicy {
  private static let floatingPoint: Set = [
    "float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16", "half",
    "double",
  ]

  /// The name of a floating-point policy, from a bare name or a policy object; nil for integer types.
  ///
  /// Where weights are quantised, it is that of what is computed in.
  static func floatingPointName(_ json: JSONValue) -> String? {
    if let quantized = QuantizationPolicy(json) { return quantized.source ?? "float32" }
    if QuantizationPolicy.isMap(json) {
      return json["config"]?["default_policy"].flatMap(floatingPointName) ?? "float32"
    }
    return name(json).flatMap { floatingPoint.contains($0) ? $0 : nil }
  }

  /// The floating-point type that a policy computes in; nil for single precision.
  static func computeType(_ json: JSONValue) -> String? {
    guard let policy = floatingPointName(json), policy != "float32" else { return nil }
    return halfType(policy) ?? "float64"
  }

  /// The type of 16 bits that a policy computes in; nil for all others.
  static func halfType(_ policy: String) -> String? {
    let type = policy.replacing("mixed_", with: "").replacing("half", with: "float16")
    return ["float16", "bfloat16"].contains(type) ? type : nil
  }

  /// The name of a policy that quantises nothing, from the bare name or a policy object.
  static func name(_ json: JSONValue) -> String? {
    let isPolicy = ["DTypePolicy", "Policy", "PolicyV1"].contains(json["class_name"]?.string)
    return isPolicy ? json["config"]?["name"]?.string : json.string
  }
}
