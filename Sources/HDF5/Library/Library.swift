import CHDF5

/// The library as a whole: made ready once, and the one place where its failures become errors.
enum Library {
  /// Makes the library ready for the calling thread.
  ///
  /// Failures are not printed, no plug-in is ever loaded, and nothing runs at exit: closing what a
  /// hostile file left behind is one of the ways in which the library crashes.
  static func prepare() {
    _ = once
    _ = H5Eset_auto2(chdf5_error_stack(), nil, nil)
  }

  private static let once: Void = {
    _ = H5dont_atexit()
    _ = H5open()
    _ = H5PLset_loading_state(0)
    _ = chdf5_register_lzf()
  }()

  /// Passes a call's result on, or throws what the library says about its failure.
  @discardableResult
  static func check<Status: SignedInteger>(
    _ status: Status, _ action: String
  ) throws(Problem) -> Status {
    if status >= 0 { return status }
    throw failure(action)
  }

  /// The innermost of the library's complaints; the error stack is empty afterwards, which the
  /// library needs for leaving the thread quietly.
  static func failure(_ action: String) -> Problem {
    var innermost = ""
    withUnsafeMutablePointer(to: &innermost) { text in
      _ = H5Ewalk2(
        chdf5_error_stack(), H5E_WALK_UPWARD,
        { position, record, text in
          if position == 0, let description = record?.pointee.desc {
            text?.assumingMemoryBound(to: String.self).pointee = String(cString: description)
          }
          return 0
        }, text)
    }
    _ = H5Eclear2(chdf5_error_stack())
    if let reason = cut(innermost) { return Problem(.damaged, reason) }
    let detail = innermost.isEmpty ? "" : ": \(innermost)"
    return Problem(.damaged, "cannot \(action)\(detail)")
  }

  /// The library's "truncated file: eof = 5, sblock->base_addr = 0, stored_eof = 9" in plain words;
  /// nil for its other complaints.
  private static func cut(_ complaint: String) -> String? {
    guard complaint.hasPrefix("truncated file") else { return nil }
    let numbers = complaint.split { !$0.isNumber && $0 != "_" }.compactMap { Int($0) }
    guard let size = numbers.first, let whole = numbers.last, size < whole else { return nil }
    return "is cut short: it has \(size) of \(whole) bytes, as after a download that broke off"
  }
}
