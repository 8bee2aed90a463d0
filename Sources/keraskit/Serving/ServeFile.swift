import ModelFormat
import Serving

/// A file that says what to serve and how: a JSON object whose members are the options of `serve`,
/// dashes made underscores, and `models`, a list of objects with `path` and, where wanted, `name`,
/// `versions` (`"latest"`, `"all"` or a list of numbers) and `labels` (names of versions).
struct ServeFile {
  /// The models.
  let models: [ServedPath]
  /// The values of options.
  let options: [String: [String]]

  /// Reads the file at `path`; `known` are the options it may give.
  init(path: String, known: [Option]) throws {
    let text = try TextFile.read(path, what: "a configuration")
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue(parsing: text)
    } catch {
      throw Failure.badFile(path, "\(error)")
    }
    guard let members = root.object else {
      throw Failure.badFile(path, "expected a JSON object, found \(root)")
    }
    var options: [String: [String]] = [:]
    var spelled: Set<String> = []
    for (key, value) in members.sorted(by: { $0.key < $1.key }) where key != "models" {
      let name = String(key.map { $0 == "_" ? "-" : $0 })
      guard let option = known.first(where: { $0.name == name }) else {
        let hint = Suggestion.phrase(for: name, among: known.map(\.name))
        throw Failure.badFile(path, "unknown member \"\(key)\"\(hint)")
      }
      guard spelled.insert(name).inserted else {
        throw Failure.badFile(path, "\"\(key)\" is given twice")
      }
      options[name] = try Self.values(value, of: option, key, path)
    }
    self.options = options
    let list = members["models"] ?? .array([])
    guard let models = list.array else {
      throw Failure.badFile(path, "\"models\": expected a list, found \(list)")
    }
    self.models = try models.enumerated().map { index, model in
      do throws(UsageError) {
        return try Self.model(model)
      } catch {
        throw Failure.badFile(path, "\"models\" [\(index)]: \(error)")
      }
    }
  }

  private static func values(
    _ value: JSONValue, of option: Option, _ key: String, _ path: String
  ) throws(Failure) -> [String]? {
    switch value {
    case .bool(let isGiven) where option.value == nil: return isGiven ? [] : nil
    case .string(let text) where option.value != nil: return [text]
    case .int, .double:
      if option.value != nil { return ["\(value)"] }
    default: break
    }
    let expected = option.value == nil ? "true or false" : "a string or a number"
    throw .badFile(path, "\"\(key)\": expected \(expected), found \(value)")
  }

  private static func model(_ value: JSONValue) throws(UsageError) -> ServedPath {
    guard let path = value["path"]?.string, let members = value.object else {
      throw UsageError("expected an object with a \"path\", found \(value)")
    }
    if let key = members.keys.sorted().first(where: { !memberNames.contains($0) }) {
      throw UsageError("unknown member \"\(key)\"")
    }
    if let name = value["name"], name.string == nil {
      throw UsageError("\"name\": expected a string, found \(name)")
    }
    var served = try ServedPath(path: path, name: value["name"]?.string)
    if let versions = value["versions"] { served.versions = try self.versions(versions) }
    let labels = value["labels"] ?? .object([:])
    guard let numbers = labels.object else {
      throw UsageError("\"labels\": expected an object of versions' numbers, found \(labels)")
    }
    for (label, number) in numbers {
      guard let number = number.int, number >= 0 else {
        throw UsageError("label \"\(label)\": expected a version's number, found \(number)")
      }
      served.labels[label] = number
    }
    return served
  }

  private static let memberNames: Set<String> = ["name", "path", "versions", "labels"]

  private static func versions(_ value: JSONValue) throws(UsageError) -> VersionPolicy {
    switch value {
    case .string("latest"): return .latest
    case .string("all"): return .all
    default: break
    }
    guard let numbers = value.array?.map(\.int), !numbers.isEmpty, !numbers.contains(nil) else {
      throw UsageError("\"versions\": expected \"latest\", \"all\" or numbers, found \(value)")
    }
    return .some(numbers.compactMap(\.self))
  }
}
