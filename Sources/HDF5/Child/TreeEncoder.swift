/// Writes the description of a tree, without paths: they follow from the names.
struct TreeEncoder {
  private(set) var output = ByteWriter()
  /// Where the data of a dataset lies in the file.
  let position: (HDF5Bytes) -> Int

  init(position: @escaping (HDF5Bytes) -> Int) {
    self.position = position
  }

  mutating func encode(_ entry: HDF5Entry) {
    switch entry {
    case .group(let group):
      output.put(DumpFormat.EntryTag.group.rawValue)
      encode(group)
    case .dataset(let dataset):
      encode(dataset)
    case .unavailable(let error):
      output.put(DumpFormat.EntryTag.unavailable.rawValue)
      encode(error)
    }
  }

  private mutating func encode(_ group: HDF5Group) {
    encode(group.attributes)
    output.put(group.entries.count)
    for (name, entry) in group.entries {
      output.put(name)
      encode(entry)
    }
  }

  private mutating func encode(_ dataset: HDF5Dataset) {
    switch dataset.content {
    case .numbers(let bytes):
      output.put(DumpFormat.EntryTag.numbers.rawValue)
      encode(dataset.attributes)
      encode(dataset.shape)
      output.put(dataset.elementType.rawValue)
      output.put(position(bytes))
    case .strings(let strings):
      output.put(DumpFormat.EntryTag.strings.rawValue)
      encode(dataset.attributes)
      encode(dataset.shape)
      for string in strings { output.put(string) }
    }
  }

  private mutating func encode(_ attributes: HDF5Attributes) {
    let names = attributes.names
    output.put(names.count)
    for name in names {
      guard let attribute = attributes[name] else { continue }
      output.put(name)
      encode(attribute.shape)
      encode(attribute.values)
    }
  }

  private mutating func encode(_ values: HDF5Attribute.Values) {
    switch values {
    case .strings(let strings):
      output.put(DumpFormat.ValuesTag.strings.rawValue)
      for string in strings { output.put(string) }
    case .integers(let integers):
      output.put(DumpFormat.ValuesTag.integers.rawValue)
      for integer in integers { output.put(Int(integer)) }
    case .floats(let floats):
      output.put(DumpFormat.ValuesTag.floats.rawValue)
      for float in floats { output.put(float.bitPattern) }
    case .bools(let bools):
      output.put(DumpFormat.ValuesTag.bools.rawValue)
      for bool in bools { output.put(bool ? 1 as UInt8 : 0) }
    case .unavailable(let error):
      output.put(DumpFormat.ValuesTag.unavailable.rawValue)
      encode(error)
    }
  }

  private mutating func encode(_ shape: [Int]) {
    output.put(shape.count)
    for extent in shape { output.put(extent) }
  }

  private mutating func encode(_ error: HDF5Error) {
    output.put(error.kind.rawValue)
    output.put(error.path)
    output.put(error.reason)
  }
}
