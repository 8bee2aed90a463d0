import ModelFormat

/// The types that a layer computes in and stores its weights in.
enum DTypePolicy {
  private static let floatingPoint: Set = [
    "float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16", "half",
    "double",
  ]

  /// The name of a floating-point policy, from a bare name or a policy object; nil for integer
  /// types and for quantised policies, which do change what a layer computes.
  static func floatingPointName(_ json: JSONValue) -> String? {
    let isPolicy = ["DTypePolicy", "Policy", "PolicyV1"].contains(json["class_name"]?.string)
    let name = isPolicy ? json["config"]?["name"]?.string : json.string
    return name.flatMap { floatingPoint.contains($0) ? $0 : nil }
  }
}
