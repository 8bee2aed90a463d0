import Layers
import ModelFormat

/// The table of the layers that models may hold, made from the catalogue.
enum LayerTable {
  /// The table as Markdown, as the README shows it.
  static var markdown: String {
    let rows = LayerCatalog.classNamesByGroup.map { group, classNames in
      "| \(group) | " + classNames.map { "`\($0)`" }.joined(separator: ", ") + " |"
    }
    return (["| group | Keras classes |", "|---|---|"] + rows).joined(separator: "\n")
  }

  /// The classes as a list for each group.
  static var json: JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: LayerCatalog.classNamesByGroup.map { group, classNames in
          (group, JSONValue.array(classNames.map { .string($0) }))
        }))
  }
}
