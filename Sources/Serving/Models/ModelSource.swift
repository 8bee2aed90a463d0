/// Where the versions of a model come from, and where they are read again when told to.
package protocol ModelSource: Sendable {
  /// The name that the model goes by.
  var name: String { get }
  /// Names of versions, such as `stable`.
  var labels: [String: Int] { get }
  /// Which versions are served.
  var policy: VersionPolicy { get }
  /// What was asked for by whoever configured the server; a model that a client dropped comes back
  /// where this has changed.
  var configuration: String { get }

  /// The versions to serve; each has a stamp that changes when its file does.
  func versions() throws(ModelSourceError) -> [Int: String]

  /// Reads a version, checks it and warms it up.
  func load(_ version: Int) throws(ModelSourceError) -> ServedModel
}

/// Which of a model's versions are served.
package enum VersionPolicy: Equatable, Sendable {
  /// The one with the greatest number, and those that have a label.
  case latest
  case all
  case some([Int])
}

/// Why a model cannot be read, in one line.
package struct ModelSourceError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  package let description: String

  /// An error that says what is wrong.
  package init(_ description: String) {
    self.description = description
  }
}

/// A model that is there already.
struct FixedModelSource: ModelSource {
  let model: ServedModel

  var name: String { model.name }
  var labels: [String: Int] { [:] }
  var policy: VersionPolicy { .latest }
  var configuration: String { "" }

  func versions() throws(ModelSourceError) -> [Int: String] { [model.version: ""] }

  func load(_ version: Int) throws(ModelSourceError) -> ServedModel { model }
}
