/// What the parent tells the child on its command line: the limits and what to skip.
struct ChildArguments: Equatable {
  /// The first argument, by which a program knows that it is to be the child.
  static let marker = "__read-hdf5"

  let limits: HDF5Limits
  let skipped: Set<String>

  init(limits: HDF5Limits, skipped: Set<String>) {
    self.limits = limits
    self.skipped = skipped
  }

  /// Takes a whole command line apart; nil unless it is one of these.
  init?(_ arguments: [String]) {
    guard arguments.count >= 8, arguments[1] == Self.marker else { return nil }
    let numbers = arguments[2..<8].compactMap { Int($0) }.filter { $0 > 0 }
    guard numbers.count == 6 else { return nil }
    var limits = HDF5Limits(fileSize: 0)
    limits.dataBytes = numbers[0]
    limits.attributeBytes = numbers[1]
    limits.objects = numbers[2]
    limits.depth = numbers[3]
    limits.memoryBytes = numbers[4]
    limits.processorSeconds = numbers[5]
    self.limits = limits
    skipped = Set(arguments[8...])
  }

  /// The words after the program's name.
  var words: [String] {
    let numbers = [
      limits.dataBytes, limits.attributeBytes, limits.objects, limits.depth, limits.memoryBytes,
      limits.processorSeconds,
    ]
    return [Self.marker] + numbers.map(String.init) + skipped.sorted()
  }

  /// The most that the answer may take: the data, the attributes, and room for names and errors.
  var capacity: Int {
    limits.dataBytes + limits.attributeBytes + limits.objects * 1024 + (1 << 20)
  }
}
