import CKernels

/// The numeric kernels for one instruction set.
///
/// Letters: M rows, K inner size, N columns, P pixels, T taps, C channels. Nothing here checks a
/// pointer, allocates or starts a thread; a caller splits rows or columns among its threads.
package struct CPUKernels: @unchecked Sendable {
  let table: UnsafePointer<ck_kernels>

  private init(_ table: UnsafePointer<ck_kernels>) {
    self.table = table
  }

  /// The kernels called `avx512`, `avx2`, `neon` or `portable`, or nil where this CPU has not the
  /// instructions for them.
  package init?(named name: String) {
    guard let table = ck_kernels_named(name) else { return nil }
    self.init(table)
  }

  /// The fastest kernels of this CPU, or those that the environment's `KERASKIT_CPU` names.
  package static let active = CPUKernels(ck_kernels_active())

  /// All kernels that this CPU runs, fastest first.
  package static let available = ["avx512", "avx2", "neon", "portable"]
    .compactMap(CPUKernels.init(named:))

  /// The instruction set's name.
  package var name: String { String(cString: table.pointee.name) }

  /// The columns of one packed panel; work is split between columns at multiples of it.
  package var panelWidth: Int { Int(table.pointee.panel_width) }

  /// The rows that a product computes at once; work is best split between rows at multiples of it.
  package var tileRows: Int { Int(table.pointee.tile_rows) }
}

extension CPUKernels: CustomStringConvertible {
  /// The instruction set's name.
  package var description: String { name }
}

extension CPUKernels: Equatable {
  /// Whether both are the same kernels.
  package static func == (a: CPUKernels, b: CPUKernels) -> Bool { a.table == b.table }
}
