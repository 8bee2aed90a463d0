import HDF5
import Testing

@Suite("Every fixture holds what it is expected to hold")
struct FixtureTests {
  @Test("there are fixtures of every sort")
  func fixturesAreThere() {
    #expect(Fixtures.names { $0.datasets != nil }.count >= 8)
    #expect(Fixtures.names { $0.attributes != nil }.count >= 5)
    #expect(Fixtures.names { $0.refused != nil }.count >= 5)
    #expect(Fixtures.names { $0.invalid != nil }.count >= 6)
  }

  @Test(
    "datasets have their shape, type and values",
    arguments: Fixtures.names { $0.datasets != nil }, Reader.allCases)
  func datasets(name: String, reader: Reader) throws {
    let root = try reader.read(Fixtures.path(name))
    for (path, expected) in try #require(Fixtures.expected[name]?.datasets) {
      let dataset = try root.dataset(at: path)
      #expect(dataset.shape == expected.shape, "\(path)")
      let type = expected.bfloat16 == nil ? expected.type : "bfloat16"
      #expect("\(dataset.elementType)" == type, "\(path)")
      #expect(
        try Elements.match(dataset, expected.bfloat16 ?? expected.values), "values of \(path)")
    }
  }

  @Test(
    "attributes have their values",
    arguments: Fixtures.names { $0.attributes != nil }, Reader.allCases)
  func attributes(name: String, reader: Reader) throws {
    let root = try reader.read(Fixtures.path(name))
    for (path, attributes) in try #require(Fixtures.expected[name]?.attributes) {
      let held = try attributesOfObject(at: path, in: root)
      for (attribute, expected) in attributes {
        #expect(try matches(held, attribute, expected), "\(path) \(attribute)")
      }
    }
  }

  @Test(
    "groups list their members", arguments: Fixtures.names { $0.groups != nil }, Reader.allCases)
  func groups(name: String, reader: Reader) throws {
    let root = try reader.read(Fixtures.path(name))
    for (path, members) in try #require(Fixtures.expected[name]?.groups) {
      #expect(try root.group(at: path).names == members)
    }
  }

  @Test(
    "what leads out of the file or does not fit it is refused when asked for",
    arguments: Fixtures.names { $0.refused != nil }, Reader.allCases)
  func refusals(name: String, reader: Reader) throws {
    let root = try reader.read(Fixtures.path(name))
    for (path, reason) in try #require(Fixtures.expected[name]?.refused) {
      let error = try #require(throws: HDF5Error.self, "\(path)") { try root.entry(at: path) }
      let isFilter = reason.hasPrefix("filter")
      #expect(error.kind == (isFilter ? .unsupported : .refused), "\(error)")
      #expect(error.file == Fixtures.path(name))
    }
  }

  @Test(
    "what is no HDF5 file, or a damaged one, is an error",
    arguments: Fixtures.names { $0.invalid != nil })
  func invalidFiles(name: String) throws {
    let path = Fixtures.path(name)
    let error = try #require(throws: HDF5Error.self) { try Reader.inChild.read(path) }
    #expect([.damaged, .notHDF5, .crashed].contains(error.kind), "\(error)")
    #expect(error.file == path)
  }

  @Test("types that no weight has are unsupported, each by its name", arguments: Reader.allCases)
  func unsupportedTypes(reader: Reader) throws {
    let root = try reader.read(Fixtures.path("unsupported-types.h5"))
    let reasons = [
      "array": "elements that are arrays", "complex": "compound elements",
      "compound": "compound elements", "opaque3": "opaque elements of 3 bytes",
      "reference": "references", "sequences": "elements of variable length",
    ]
    for (path, reason) in reasons {
      let error = try #require(throws: HDF5Error.self) { try root.dataset(at: path) }
      #expect(error.kind == .unsupported)
      #expect(error.reason == "\(reason) are not supported")
      #expect(error.path == "/\(path)")
    }
  }

  @Test("datasets of strings and without any extent are read", arguments: Reader.allCases)
  func unusualDatasets(reader: Reader) throws {
    let root = try reader.read(Fixtures.path("unsupported-types.h5"))
    #expect(try root.dataset(at: "strings").strings() == ["a", "b"])
    #expect(try root.dataset(at: "text").strings() == ["a", "b"])
    #expect(try root.dataset(at: "null").shape == [0])
    #expect(try root.dataset(at: "null").bytes().buffer.isEmpty)
  }

  private func attributesOfObject(at path: String, in root: HDF5Group) throws -> HDF5Attributes {
    switch try root.entry(at: path) {
    case .group(let group): group.attributes
    case .dataset(let dataset): dataset.attributes
    case .unavailable(let error): throw error
    }
  }

  private func matches(
    _ attributes: HDF5Attributes, _ name: String, _ expected: AttributeValue
  ) throws -> Bool {
    switch expected {
    case .scalar(let scalar):
      guard let attribute = attributes[name], attribute.shape.isEmpty else { return false }
      return Elements.match(attribute.values, [scalar])
    case .list(let list):
      if attributes[name] == nil { return try splitList(name, in: attributes) == list.map(\.text) }
      if list.isEmpty { return try attributes.strings(name).isEmpty }
      guard let attribute = attributes[name], attribute.shape == [list.count] else { return false }
      return Elements.match(attribute.values, list)
    case .repeated(let unit, let length):
      let text = try attributes.string(name)
      return text.utf8.count == length && text.contains(String(repeating: unit, count: 70_000))
    }
  }

  /// A list that is spread over several attributes, which are numbered from 0.
  private func splitList(_ name: String, in attributes: HDF5Attributes) throws -> [String?] {
    var list: [String] = []
    var part = 0
    while attributes["\(name)\(part)"] != nil {
      list += try attributes.strings("\(name)\(part)")
      part += 1
    }
    return list
  }
}
