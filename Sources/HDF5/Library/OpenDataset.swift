import CHDF5

/// A dataset that is open, under a handle of its own.
struct OpenDataset: ~Copyable {
  enum Layout {
    case compact
    case contiguous
    case chunked(chunkElements: Int)
    case virtual
    case unknown
  }

  private let handle: Handle
  private let properties: Handle

  init(_ object: borrowing OpenObject) throws(Problem) {
    let properties = try Handle(
      H5Dget_create_plist(object.id), closedBy: H5Pclose, "read the dataset's properties")
    try Library.check(H5Iinc_ref(object.id), "keep the dataset open")
    handle = try Handle(object.id, closedBy: H5Oclose, "open the dataset")
    self.properties = properties
  }

  func layout() throws(Problem) -> Layout {
    switch H5Pget_layout(properties.id) {
    case H5D_COMPACT: return .compact
    case H5D_CONTIGUOUS: return .contiguous
    case H5D_CHUNKED: return .chunked(chunkElements: try chunkElements())
    case H5D_VIRTUAL: return .virtual
    case H5D_LAYOUT_ERROR: throw Library.failure("read the dataset's layout")
    default: return .unknown
    }
  }

  /// The numbers of the filters that the data went through, by the HDF Group's registry.
  func filters() throws(Problem) -> [Int] {
    let count = try Library.check(H5Pget_nfilters(properties.id), "count the filters")
    var filters: [Int] = []
    for position in 0..<UInt32(count) {
      var flags: UInt32 = 0
      var valueCount = 0
      var configuration: UInt32 = 0
      let filter = H5Pget_filter2(
        properties.id, position, &flags, &valueCount, nil, 0, nil, &configuration)
      filters.append(Int(try Library.check(filter, "read the filters")))
    }
    return filters
  }

  /// The bytes that a filter says each chunk has, its third value; nil where the filter, or the
  /// value, is missing.
  func chunkBytes(of filter: Int32) -> Int? {
    var flags: UInt32 = 0
    var values: [UInt32] = [0, 0, 0]
    var valueCount = values.count
    var configuration: UInt32 = 0
    let status = H5Pget_filter_by_id2(
      properties.id, filter, &flags, &valueCount, &values, 0, nil, &configuration)
    return status >= 0 && valueCount >= 3 ? Int(values[2]) : nil
  }

  /// How many other files the data is spread over.
  func externalFileCount() throws(Problem) -> Int {
    Int(try Library.check(H5Pget_external_count(properties.id), "read the dataset's storage"))
  }

  /// The bytes that the data takes in the file, as the file tells.
  func storageSize() -> UInt64 { UInt64(H5Dget_storage_size(handle.id)) }

  /// Where contiguous data begins in the file; nil where none was ever written.
  func offset() -> UInt64? {
    let offset = H5Dget_offset(handle.id)
    if offset != .max { return UInt64(offset) }
    _ = H5Eclear2(chdf5_error_stack())
    return nil
  }

  func type() throws(Problem) -> OpenType {
    OpenType(try Handle(H5Dget_type(handle.id), closedBy: H5Tclose, "read the dataset's type"))
  }

  func shape() throws(Problem) -> [Int] {
    try Extents.read(space())
  }

  /// Reads every element into `buffer` as elements of `type`.
  func read(_ type: borrowing OpenType, into buffer: UnsafeMutableRawPointer) throws(Problem) {
    let status = H5Dread(
      handle.id, type.id, chdf5_whole_extent(), chdf5_whole_extent(), chdf5_default_properties(),
      buffer)
    try Library.check(status, "read the data")
  }

  /// Frees what the library allocated for elements of variable length.
  func reclaim(_ type: borrowing OpenType, in buffer: UnsafeMutableRawPointer) throws(Problem) {
    let space = try space()
    try Library.check(
      H5Dvlen_reclaim(type.id, space.id, chdf5_default_properties(), buffer),
      "free the dataset's strings")
  }

  private func space() throws(Problem) -> Handle {
    try Handle(H5Dget_space(handle.id), closedBy: H5Sclose, "read the dataset's extents")
  }

  private func chunkElements() throws(Problem) -> Int {
    var extents = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
    let rank = H5Pget_chunk(properties.id, Int32(extents.count), &extents)
    try Library.check(rank, "read the chunks' shape")
    var count = 1
    for extent in extents.prefix(Int(rank)) {
      guard let extent = Int(exactly: extent),
        case (let product, false) = count.multipliedReportingOverflow(by: extent)
      else { throw Problem(.refused, "its chunks are beyond what memory can hold") }
      count = product
    }
    return count
  }
}
