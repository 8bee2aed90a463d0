import ModelFormat
import Tensors

/// The list of weights in a `model.json` of TensorFlow.js: groups of files, and of the weights that
/// lie in them one after the other.
///
/// TensorFlow.js: `tfjs-core/src/io/types.ts`, `WeightsManifestConfig`.
struct WeightsManifest {
  /// The option under which the list stands.
  static let option = "weightsManifest"

  private let groups: [JSONValue]
  private let files: FolderFiles

  /// The list in a model's JSON, whose files are beside it.
  init(_ json: JSONValue, files: FolderFiles) throws(ModelProblem) {
    guard let groups = json[Self.option]?.array else {
      throw Self.damage("expected a list, found \(json[Self.option] ?? .null)")
    }
    self.groups = groups
    self.files = files
  }

  /// The names of the files, in order.
  func fileNames() throws(ModelProblem) -> [String] {
    var names: [String] = []
    for group in groups { names += try Self.fileNames(of: group) }
    return names
  }

  /// All weights, in order.
  func weights() throws(ModelProblem) -> [StoredWeight] {
    var weights: [StoredWeight] = []
    for group in groups {
      var bytes: [UInt8] = []
      for name in try Self.fileNames(of: group) { bytes += try files.data(of: name) }
      var rest = bytes[...]
      for entry in group["weights"]?.array ?? [] {
        let weight = try ManifestWeight(entry)
        guard rest.count >= weight.byteCount else {
          throw Self.damage(
            "expected \(weight.byteCount) bytes for \"\(weight.name)\", found \(rest.count)")
        }
        weights.append(
          StoredWeight(name: weight.name, tensor: weight.tensor(rest.prefix(weight.byteCount))))
        rest.removeFirst(weight.byteCount)
      }
      guard rest.isEmpty else {
        throw Self.damage("expected as many bytes as the weights take, found \(rest.count) more")
      }
    }
    return weights
  }

  private static func fileNames(of group: JSONValue) throws(ModelProblem) -> [String] {
    var names: [String] = []
    for path in group["paths"]?.array ?? [] {
      // As JavaScript writes them.
      let text = path.string.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }
      guard let name = text, !name.isEmpty, name != "..", !name.contains("/") else {
        throw damage("expected files beside this one, found \(path)")
      }
      names.append(name)
    }
    return names
  }

  fileprivate static func damage(_ reason: String) -> ModelProblem {
    ModelProblem(.invalid, option: option, reason: reason)
  }
}

/// An entry of the list: a weight's name, shape and type, and how its numbers are stored.
private struct ManifestWeight {
  /// How floating-point numbers became whole ones: number = stored · scale + least.
  private struct Grid {
    let scale: Double
    let least: Double
  }

  let name: String
  let byteCount: Int
  private let type: TensorType
  private let stored: ElementType
  private let grid: Grid?

  init(_ json: JSONValue) throws(ModelProblem) {
    let sizes = (json["shape"]?.array ?? []).compactMap(\.int)
    let shape = Shape(sizes)
    let quantization = json["quantization"]
    guard let name = json["name"]?.string, let type = Self.type(json["dtype"]),
      let stored = Self.type(quantization?["dtype"] ?? json["dtype"]),
      sizes.allSatisfy({ $0 >= 0 }), shape.rank <= CPUKernels.maximumRank,
      let count = shape.elementCount(atMost: Int.max / 16)
    else {
      throw WeightsManifest.damage(
        "expected a weight's name, shape and type (float32, int32, bool), found \(json)")
    }
    self.name = name
    self.type = TensorType(shape, type)
    self.stored = stored
    byteCount = count * stored.byteCount
    let (scale, least) = (quantization?["scale"]?.double, quantization?["min"]?.double)
    guard stored == type || stored == .float16 || scale != nil && least != nil else {
      throw WeightsManifest.damage("expected \"scale\" and \"min\" for \"\(name)\", found none")
    }
    grid = scale.map { Grid(scale: $0, least: least ?? 0) }
  }

  private static func type(_ json: JSONValue?) -> ElementType? {
    json?.string.flatMap { ElementType(rawValue: $0) }.flatMap { type in
      [.float32, .float16, .int32, .bool, .uint8, .uint16].contains(type) ? type : nil
    }
  }

  /// The weight whose numbers are stored in the given bytes.
  func tensor(_ bytes: ArraySlice<UInt8>) -> Tensor {
    let storage = TensorStorage(uninitialized: byteCount)
    bytes.withUnsafeBytes { storage.bytes.copyMemory(from: $0) }
    let plain = Tensor(TensorType(type.shape, stored), storage: storage)
    guard let grid else { return plain.converted(to: type.elementType) }
    let numbers = plain.converted(to: .float32).elements(as: Float.self).map {
      Float(Double($0) * grid.scale + grid.least)
    }
    return Tensor(type.shape, numbers).converted(to: type.elementType)
  }
}
