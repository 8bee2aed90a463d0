import CHDF5

/// Something that the library holds open, closed when this value ends.
struct Handle: ~Copyable {
  let id: hid_t
  private let close: (hid_t) -> herr_t

  /// Takes over what an opening call returned, or throws what the library says about its failure.
  init(
    _ id: hid_t, closedBy close: @escaping (hid_t) -> herr_t, _ action: String
  ) throws(Problem) {
    try Library.check(id, action)
    self.id = id
    self.close = close
  }

  deinit {
    if close(id) < 0 { _ = H5Eclear2(chdf5_error_stack()) }
  }
}
