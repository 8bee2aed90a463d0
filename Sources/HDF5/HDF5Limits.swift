/// How much of the machine the reading of one file may take.
public struct HDF5Limits: Hashable, Sendable {
  /// The bytes of all datasets together, as read.
  public var dataBytes: Int
  /// The bytes of all attributes together.
  public var attributeBytes: Int
  /// The number of groups, datasets and attributes together.
  public var objects: Int
  /// How deep groups may nest.
  public var depth: Int
  /// The address space of a child process, next to the room for `dataBytes`.
  public var memoryBytes: Int
  /// The processor time of a child process.
  public var processorSeconds: Int
  /// The time on the clock that a child process may take.
  public var seconds: Double

  /// Limits that every honest file of this size stays far under.
  ///
  /// Compressed data may unfold to 2 GiB plus four times the file, at 16 MiB of the file a second.
  /// Attributes lie in the file as they are, and take at most eight times as much where bytes are read
  /// as numbers.
  public init(fileSize: Int) {
    let size = min(max(fileSize, 0), 1 << 48)
    dataBytes = (2 << 30) + 4 * size
    attributeBytes = min(256 << 20, (1 << 20) + 16 * size)
    objects = 250_000
    depth = 100
    memoryBytes = (1 << 30) + 2 * size
    processorSeconds = 10 + (size >> 24)
    seconds = 30 + Double(size) / Double(4 << 20)
  }
}
