import CHDF5

extension TreeReader {
  /// The most that deflate can make of one byte, and what a dataset may have beyond that: an honest
  /// file may declare data that was never written, which reads as the fill value.
  private static let expansion = 1032
  private static let allowance = 1 << 20

  /// The layout of a dataset whose data lies in this file and went through known filters only.
  func layout(of dataset: borrowing OpenDataset) throws(Problem) -> OpenDataset.Layout {
    let layout = try dataset.layout()
    switch layout {
    case .compact, .contiguous, .chunked: break
    case .virtual:
      throw Problem(.refused, "is a virtual dataset, whose data lies in other files")
    case .unknown:
      throw Problem(.unsupported, "its layout is not known")
    }
    guard try dataset.externalFileCount() == 0 else {
      throw Problem(.refused, "its data lies in other files")
    }
    for filter in try dataset.filters() {
      if filter == Int(chdf5_lzf_number), chdf5_open_lzf() == nil {
        throw Problem(.unsupported, "the lzf filter needs liblzf (Debian's package liblzf1)")
      }
      if let name = Self.unsupportedFilter(filter) {
        throw Problem(
          .unsupported,
          "the \(name) filter is not supported; deflate, lzf, shuffle and fletcher32 are")
      }
    }
    return layout
  }

  /// Refuses datasets that declare more than the file can hold.
  func checkStorage(
    of dataset: borrowing OpenDataset, _ layout: OpenDataset.Layout, count: Int, elementSize: Int
  ) throws(Problem) {
    let (declared, overflow) = count.multipliedReportingOverflow(by: elementSize)
    guard !overflow else {
      throw Problem(.refused, "\(count) elements are beyond what memory can hold")
    }
    let stored = Int(min(dataset.storageSize(), UInt64(fileSize)))
    let most =
      switch layout {
      case .chunked(let chunkElements):
        try unfolded(
          stored, chunkElements: chunkElements, elementSize: elementSize, of: dataset)
      case .contiguous: try held(of: stored, by: dataset)
      case .compact, .virtual, .unknown: stored
      }
    guard declared <= most else {
      throw Problem(
        .refused, "declares \(declared) bytes of data where the file holds \(stored)")
    }
  }

  /// The most that compressed chunks can unfold to; a single chunk must fit the limits.
  private func unfolded(
    _ stored: Int, chunkElements: Int, elementSize: Int, of dataset: borrowing OpenDataset
  ) throws(Problem) -> Int {
    let (chunk, overflow) = chunkElements.multipliedReportingOverflow(by: elementSize)
    guard !overflow, chunk <= limits.dataBytes else {
      throw Problem(.refused, "chunks of \(chunkElements) elements go beyond the limits")
    }
    // The library would read on behind what the filter has made.
    if try dataset.filters().contains(Int(chdf5_lzf_number)),
      let told = dataset.chunkBytes(of: Int32(chdf5_lzf_number)), told != chunk
    {
      throw Problem(.refused, "the lzf filter tells chunks of \(told) bytes, not of \(chunk)")
    }
    return stored * Self.expansion + Self.allowance
  }

  /// The bytes of contiguous data that lie inside the file.
  private func held(of stored: Int, by dataset: borrowing OpenDataset) throws(Problem) -> Int {
    guard let offset = dataset.offset() else { return Self.allowance }
    return min(stored, fileSize - Int(min(offset, UInt64(fileSize))))
  }

  private static func unsupportedFilter(_ filter: Int) -> String? {
    switch filter {
    case 1, 2, 3, Int(chdf5_lzf_number): nil
    case 4: "szip"
    case 5: "n-bit"
    case 6: "scale-offset"
    case 307: "bzip2"
    case 32_001: "blosc"
    case 32_004: "lz4"
    case 32_008: "bitshuffle"
    case 32_013: "zfp"
    case 32_015: "zstandard"
    case 32_026: "blosc2"
    default: "number \(filter)"
    }
  }
}
