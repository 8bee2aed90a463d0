/// What to read of a file, and how much of the machine it may take.
public struct HDF5ReadOptions: Hashable, Sendable {
  /// Groups and datasets to leave out, as paths from the root (`optimizer_weights`).
  ///
  /// They stay in the tree as entries that say so.
  public var skipped: Set<String>
  /// The limits; nil stands for the ones that fit the file's size.
  public var limits: HDF5Limits?

  /// Options that read everything within the usual limits, unless told otherwise.
  public init(skipped: Set<String> = [], limits: HDF5Limits? = nil) {
    self.skipped = skipped
    self.limits = limits
  }
}
