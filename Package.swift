// swift-tools-version: 6.2

import Foundation
import PackageDescription

/// Every Swift target is built alike: existentials are spelled out, imports are internal unless a
/// public declaration needs them, members need their own module's import, warnings are errors.
let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
let c: [CSetting] = [.treatAllWarnings(as: .error)]
let cxx: [CXXSetting] = [.treatAllWarnings(as: .error)]

#if os(Linux)
  let isLinux = true
#else
  let isLinux = false
#endif

/// The files of Debian's libraries.
let libraryFiles = ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap {
  (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/\($0)")) ?? []
}

/// The linker's name of a library: Debian's archive of it, where there is one.
///
/// A program that brings its libraries along, Swift's too, starts sooner than one that looks them
/// up: libhdf5 as a shared library alone asks for 25 others (curl, LDAP, Kerberos).
func archive(_ name: String) -> String {
  libraryFiles.contains("lib\(name).a") ? ":lib\(name).a" : name
}
/// Where libstdc++ and zlib are told to be archives too, where there are such.
let archiveScripts =
  ["x86_64-linux-gnu", "aarch64-linux-gnu"].contains { triple in
    let folder = "/usr/lib/gcc/\(triple)"
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).contains {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)/libstdc++.a")
    }
  } && libraryFiles.contains("libz.a") ? ["-L\(Context.packageDirectory)/Tools/link"] : []
/// The library that simdjson's headers are of, as programs ask for it, `libsimdjson.so.14`; a server
/// opens it by that name, since it brings libstdc++'s shared library.
let simdjsonLibrary = ["x86_64-linux-gnu", "aarch64-linux-gnu"].lazy.compactMap {
  try? FileManager.default.destinationOfSymbolicLink(atPath: "/usr/lib/\($0)/libsimdjson.so")
}.first
let hdf5Archive = archive("hdf5_serial")
let hdf5IsArchive = hdf5Archive != "hdf5_serial"
let hdf5Libraries = hdf5IsArchive ? [hdf5Archive, archive("sz"), archive("aec")] : ["hdf5"]
let imagingLibraries = ["turbojpeg", "png16", "deflate"].map(archive)

let package = Package(
  name: "KerasKit",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "KerasRuntime", targets: ["Inference", "Layers", "ModelFormat", "Tensors"]),
    .library(name: "KerasKit", targets: ["KerasFormat", "Parity", "Inference"]),
    .executable(name: "keraskit", targets: ["keraskit"]),
  ],
  targets: [
    // MARK: - Runtime: no library but the Swift standard library and Foundation

    .target(name: "CKernels", cSettings: c, linkerSettings: [.linkedLibrary("m")]),
    .target(name: "Tensors", dependencies: ["CKernels"], swiftSettings: swift),
    .target(name: "ModelFormat", dependencies: ["Tensors"], swiftSettings: swift),
    .target(name: "Layers", dependencies: ["ModelFormat", "Tensors"], swiftSettings: swift),
    .target(
      name: "Inference", dependencies: ["Layers", "ModelFormat", "Tensors"], swiftSettings: swift),
    .target(
      name: "Parity", dependencies: ["Inference", "ModelFormat", "Tensors"], swiftSettings: swift),

    // MARK: - Import: every carrier of a Keras model, read through Debian's libraries

    .systemLibrary(
      name: "CHDF5", pkgConfig: hdf5IsArchive ? nil : "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .target(
      name: "HDF5", dependencies: ["CHDF5"], swiftSettings: swift,
      linkerSettings: (hdf5Libraries + [archive("z")]).map { .linkedLibrary($0) }),
    // Linux opens libzip when the first archive is: see CZip's header.
    .systemLibrary(
      name: "CZipLibrary", pkgConfig: isLinux ? nil : "libzip", providers: [.apt(["libzip-dev"])]),
    .target(
      name: "CZip", dependencies: ["CZipLibrary"], cSettings: c,
      linkerSettings: [.linkedLibrary("zip", .when(platforms: [.macOS]))]),
    .target(name: "ZipFiles", dependencies: ["CZip"], swiftSettings: swift),
    .target(
      name: "KerasFormat", dependencies: ["HDF5", "ZipFiles", "ModelFormat", "Tensors"],
      swiftSettings: swift),

    // MARK: - Serving

    .systemLibrary(
      name: "CPNG", pkgConfig: isLinux ? nil : "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: isLinux ? nil : "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: isLinux ? nil : "libdeflate",
      providers: [.apt(["libdeflate-dev"])]),
    .target(
      name: "Imaging", dependencies: ["CDeflate", "CPNG", "CTurboJPEG"], swiftSettings: swift,
      linkerSettings: (imagingLibraries + ["z"]).map { .linkedLibrary($0) }),
    // Linux opens libmicrohttpd when a server starts: see its header.
    .systemLibrary(
      name: "CMicroHTTPDLibrary", pkgConfig: isLinux ? nil : "libmicrohttpd",
      providers: [.apt(["libmicrohttpd-dev"])]),
    .target(
      name: "CMicroHTTPD", dependencies: ["CMicroHTTPDLibrary"], cSettings: c,
      linkerSettings: [.linkedLibrary("microhttpd", .when(platforms: [.macOS]))]),
    .systemLibrary(
      name: "CZlib", pkgConfig: isLinux ? nil : "zlib", providers: [.apt(["zlib1g-dev"])]),
    // simdjson's pkg-config file holds a -D flag, which SwiftPM refuses: it is linked by name.
    .systemLibrary(name: "CSimdJSONLibrary", providers: [.apt(["libsimdjson-dev"])]),
    .target(
      name: "CSimdJSON", dependencies: ["CSimdJSONLibrary"],
      cxxSettings: cxx
        + (simdjsonLibrary.map { [.define("CSIMDJSON_LIBRARY", to: "\"\($0)\"")] } ?? [])
        + [.define("SIMDJSON_EXCEPTIONS", to: "0")],
      linkerSettings: simdjsonLibrary == nil ? [.linkedLibrary("simdjson")] : []),
    .target(
      name: "Serving",
      dependencies: [
        "CMicroHTTPD", "CSimdJSON", "CZlib", "Imaging", "Inference", "ModelFormat", "Tensors",
      ],
      resources: [.embedInCode("Page")], swiftSettings: swift),

    // MARK: - Command line

    .executableTarget(
      name: "keraskit",
      dependencies: [
        "HDF5", "Imaging", "Inference", "KerasFormat", "Layers", "ModelFormat", "Parity",
        "Serving", "Tensors", "ZipFiles",
      ],
      swiftSettings: swift,
      linkerSettings: [
        .unsafeFlags(
          ["-static-stdlib", "-Xclang-linker", "-static-libgcc"] + archiveScripts,
          .when(platforms: [.linux]))
      ]),

    // MARK: - Tests

    .target(name: "TemporaryFolders", path: "Tests/TemporaryFolders", swiftSettings: swift),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: swift),
    .testTarget(
      name: "ModelFormatTests", dependencies: ["ModelFormat", "TemporaryFolders", "Tensors"],
      swiftSettings: swift),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5"], swiftSettings: swift),
    .testTarget(name: "ZipFilesTests", dependencies: ["ZipFiles"], swiftSettings: swift),
    .testTarget(
      name: "ImagingTests", dependencies: ["CDeflate", "Imaging"], swiftSettings: swift),
    .testTarget(
      name: "ServingTests", dependencies: ["Serving", "Inference", "ModelFormat", "Tensors"],
      swiftSettings: swift),
    .testTarget(
      name: "KerasFormatTests",
      dependencies: [
        "KerasFormat", "HDF5", "ModelFormat", "TemporaryFolders", "Tensors", "ZipFiles",
      ],
      swiftSettings: swift),
    .testTarget(
      name: "LayersTests", dependencies: ["Layers", "ModelFormat", "Tensors"],
      swiftSettings: swift),
    .testTarget(
      name: "InferenceTests", dependencies: ["Inference", "Layers", "ModelFormat", "Tensors"],
      swiftSettings: swift),
    .testTarget(
      name: "ParityTests",
      dependencies: [
        "Parity", "HDF5", "Inference", "KerasFormat", "Layers", "ModelFormat", "Tensors",
      ],
      swiftSettings: swift),
    .testTarget(
      name: "CommandTests",
      dependencies: ["KerasFormat", "ModelFormat", "TemporaryFolders", "Tensors", "ZipFiles"],
      swiftSettings: swift),
  ],
  cxxLanguageStandard: .cxx17
)
