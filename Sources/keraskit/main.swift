import HDF5

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

HDF5ChildReader.runChildIfAsked(CommandLine.arguments)
exit(Program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
