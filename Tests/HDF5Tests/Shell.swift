import HDF5

/// A shell script in the place of the reading process.
enum Shell {
  /// Reads with `script`, which finds the hidden arguments in `$@`.
  ///
  /// The script is an argument, not a file: one that was just written cannot be started while any
  /// other thread starts a process, which holds a copy of the open file for a moment.
  static func read(
    _ path: String, _ script: String, options: HDF5ReadOptions = HDF5ReadOptions()
  ) throws(HDF5Error) -> HDF5Group {
    try HDF5ChildReader.read(
      path: path, options: options, executable: "/bin/sh", arguments: ["-c", script, "child"])
  }
}
