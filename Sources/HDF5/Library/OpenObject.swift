import CHDF5

/// A group or a dataset that is open, and what both have in common.
struct OpenObject: ~Copyable {
  enum Kind {
    case group
    case dataset
    case other
  }

  private let handle: Handle

  init(_ handle: consuming Handle) {
    self.handle = handle
  }

  var id: hid_t { handle.id }

  var kind: Kind {
    switch H5Iget_type(handle.id) {
    case H5I_GROUP: .group
    case H5I_DATASET: .dataset
    default: .other
    }
  }

  /// Where the object lies in the file, which tells it from every other one.
  func address() throws(Problem) -> UInt64 {
    var address: haddr_t = 0
    try Library.check(chdf5_object_address(handle.id, &address), "find the object's address")
    return UInt64(address)
  }

  /// The links of a group, sorted by name.
  func links() throws(Problem) -> [Link] {
    var links: [Link] = []
    let status = withUnsafeMutablePointer(to: &links) { links in
      chdf5_iterate_links(
        handle.id,
        { _, name, info, links in
          guard let name, let info, let links else { return -1 }
          links.assumingMemoryBound(to: [Link].self).pointee.append(
            Link(name: String(cString: name), info: info.pointee))
          return 0
        }, links)
    }
    try Library.check(status, "list the group")
    return links
  }

  /// The names of the attributes, as the C strings that the library knows them by.
  func attributeNames() throws(Problem) -> [[CChar]] {
    var names: [[CChar]] = []
    let status = withUnsafeMutablePointer(to: &names) { names in
      var position: hsize_t = 0
      return H5Aiterate2(
        handle.id, H5_INDEX_NAME, H5_ITER_INC, &position,
        { _, name, _, names in
          guard let name, let names else { return -1 }
          let bytes = UnsafeBufferPointer(start: name, count: Int.max).prefix { $0 != 0 }
          names.assumingMemoryBound(to: [[CChar]].self).pointee.append(bytes + [0])
          return 0
        }, names)
    }
    try Library.check(status, "list the attributes")
    return names
  }

  func attribute(named name: [CChar]) throws(Problem) -> OpenAttribute {
    OpenAttribute(
      try Handle(
        H5Aopen(handle.id, name, chdf5_default_properties()), closedBy: H5Aclose,
        "open the attribute"))
  }
}
