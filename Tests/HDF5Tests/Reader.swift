import HDF5

/// The two ways to read a file, which must give the same tree.
enum Reader: CaseIterable {
  case inProcess
  case inChild

  func read(
    _ path: String, options: HDF5ReadOptions = HDF5ReadOptions()
  ) throws(HDF5Error) -> HDF5Group {
    switch self {
    case .inProcess: try HDF5File.read(path: path, options: options)
    case .inChild:
      try HDF5ChildReader.read(path: path, options: options, executable: Fixtures.program)
    }
  }
}
