/// What a name in a group stands for.
public enum HDF5Entry: Sendable {
  /// A group.
  case group(HDF5Group)
  /// A dataset that was read.
  case dataset(HDF5Dataset)
  /// Something that was not read, and why. The error is thrown when the entry is asked for, so
  /// that what nobody needs does no harm.
  case unavailable(HDF5Error)
}
