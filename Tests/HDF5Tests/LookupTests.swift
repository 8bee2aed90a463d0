import HDF5
import Testing

@Suite("Looking things up in a tree")
struct LookupTests {
  private let root: HDF5Group
  private let path = Fixtures.path("superblock0.h5")

  init() throws {
    root = try HDF5File.read(path: path)
  }

  @Test("a path may be absolute, relative, or have empty components")
  func paths() throws {
    let weight = "model_weights/layer_03/layer_03/kernel:0"
    for path in [weight, "/\(weight)", "//\(weight)/"] {
      #expect(try root.dataset(at: path).path == "/\(weight)")
    }
    #expect(try root.group(at: "/").path == "/")
    let layers = try root.group(at: "model_weights")
    #expect(try layers.dataset(at: "layer_03/layer_03/kernel:0").path == "/\(weight)")
  }

  @Test("something missing is named, with what is there instead")
  func missing() throws {
    let error = try #require(throws: HDF5Error.self) { try root.group(at: "model_weights/x/y") }
    #expect(error.kind == .missing)
    #expect(
      error.description.hasPrefix("'\(path)': '/model_weights': has no 'x'; it holds 'layer_00', "))
    #expect(error.description.hasSuffix("'layer_07' and 12 more"))
  }

  @Test("a group is no dataset and a dataset no group")
  func mismatches() throws {
    let group = try #require(throws: HDF5Error.self) { try root.dataset(at: "model_weights") }
    #expect(group.description == "'\(path)': '/model_weights': expected a dataset, found a group")
    let dataset = try #require(throws: HDF5Error.self) { try root.group(at: "chunked") }
    #expect(dataset.description == "'\(path)': '/chunked': expected a group, found a dataset")
    #expect(throws: HDF5Error.self) { try root.entry(at: "chunked/deeper") }
  }

  @Test("whether something is there can be asked without an error")
  func contains() throws {
    #expect(root.contains("chunked"))
    #expect(root.contains("model_weights/layer_03"))
    #expect(!root.contains("model_weights/layer_99"))
    #expect(!root.contains("chunked/deeper"))
    let links = try HDF5File.read(path: Fixtures.path("links.h5"))
    #expect(links.contains("soft"))
  }

  @Test("numbers are no strings and strings no numbers")
  func contents() throws {
    let other = try HDF5File.read(path: Fixtures.path("unsupported-types.h5"))
    let strings = try #require(throws: HDF5Error.self) { try other.dataset(at: "text").bytes() }
    #expect(strings.reason == "expected numbers, found strings")
    let numbers = try #require(throws: HDF5Error.self) { try root.dataset(at: "chunked").strings() }
    #expect(numbers.reason == "expected strings, found elements of type float32")
  }

  @Test("attributes are asked for by type, and say what they hold otherwise")
  func attributes() throws {
    let file = Fixtures.path("attributes.h5")
    let odd = try HDF5File.read(path: file).group(at: "odd").attributes
    #expect(try odd.integer("integer") == -7)
    #expect(try odd.string("one") == "alone")
    #expect(try odd.strings("one") == ["alone"])
    #expect(try odd.strings("empty_list") == [])
    #expect(odd["nothing"] == nil)
    let missing = try #require(throws: HDF5Error.self) { try odd.string("nothing") }
    #expect(missing.description == "'\(file)': '/odd': has no attribute 'nothing'")
    let number = try #require(throws: HDF5Error.self) { try odd.string("integers") }
    #expect(number.reason == "attribute 'integers': expected strings, found integers of shape [3]")
    let several = try #require(throws: HDF5Error.self) { try odd.string("list_with_empty") }
    #expect(several.reason == "attribute 'list_with_empty': expected one string, found 3")
    let float = try #require(throws: HDF5Error.self) { try odd.integer("float") }
    #expect(
      float.reason
        == "attribute 'float': expected one integer, found floating-point numbers of shape []")
  }

  @Test("data lies on a 64-byte boundary", arguments: Reader.allCases)
  func alignment(reader: Reader) throws {
    let types = try reader.read(Fixtures.path("types.h5")).group(at: "little")
    for name in types.names {
      let address = Int(bitPattern: try types.dataset(at: name).bytes().buffer.baseAddress)
      #expect(address % 64 == 0)
    }
  }

  @Test("data outlives the tree that it came from", arguments: Reader.allCases)
  func lifetime(reader: Reader) throws {
    var tree: HDF5Group? = try reader.read(path)
    let bytes = try #require(try tree?.dataset(at: "single_chunk").bytes())
    tree = nil
    #expect(bytes.buffer.loadUnaligned(fromByteOffset: 12, as: Float.self) == 3)
  }
}
