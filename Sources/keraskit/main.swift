import HDF5

HDF5ChildReader.runChildIfAsked(CommandLine.arguments)

print("keraskit")
