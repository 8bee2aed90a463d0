import CKernels

extension CPUKernels {
  /// The numbers that K x N weights take when packed.
  package func packedCount(rows k: Int, columns n: Int) -> Int {
    (n + panelWidth - 1) / panelWidth * panelWidth * k
  }

  /// Packs B [K][N], whose element (k, n) lies at `k * rowStride + n * columnStride`, into panels.
  ///
  /// `panels` is 64-byte aligned and takes ``packedCount(rows:columns:)`` numbers.
  package func pack(
    rows k: Int, columns n: Int, from b: UnsafePointer<Float>, rowStride: Int,
    columnStride: Int = 1, into panels: UnsafeMutablePointer<Float>
  ) {
    table.pointee.pack(k, n, b, rowStride, columnStride, panels)
  }

  /// C [M][N] = epilogue(A [M][K] B [K][N]), B in packed panels.
  package func product(
    rows m: Int, inner k: Int, columns n: Int, a: UnsafePointer<Float>, aStride: Int,
    panels: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>, cStride: Int,
    epilogue: Epilogue = Epilogue()
  ) {
    withUnsafePointer(to: epilogue.c) { epilogue in
      table.pointee.gemm(m, n, k, a, aStride, panels, c, cStride, epilogue)
    }
  }

  /// Some rows and columns of C [M][N] = epilogue(A [M][K] B [K][N]).
  ///
  /// Pointers are those of the whole matrices. `columns` begins at a multiple of ``panelWidth``.
  package func product(
    rows: Range<Int>, columns: Range<Int>, a: UnsafePointer<Float>, aStride: Int,
    weights: PackedMatrix, c: UnsafeMutablePointer<Float>, cStride: Int,
    epilogue: Epilogue = Epilogue()
  ) {
    product(
      rows: rows.count, columns: columns, a: a + rows.lowerBound * aStride, aStride: aStride,
      weights: weights, panels: weights.panels(from: columns.lowerBound),
      c: c + rows.lowerBound * cStride + columns.lowerBound, cStride: cStride,
      epilogue: epilogue.part(row: rows.lowerBound, column: columns.lowerBound))
  }

  /// C [M][N] = epilogue(A [M][K] B [K][N]), B's columns in `panels` that lie as those of `weights`.
  package func product(
    rows m: Int, columns: Range<Int>, a: UnsafePointer<Float>, aStride: Int,
    weights: PackedMatrix, panels: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>,
    cStride: Int, epilogue: Epilogue = Epilogue()
  ) {
    guard weights.isNarrow else {
      return product(
        rows: m, inner: weights.rows, columns: columns.count, a: a, aStride: aStride,
        panels: panels, c: c, cStride: cStride, epilogue: epilogue)
    }
    withUnsafePointer(to: epilogue.c) { epilogue in
      table.pointee.narrow(
        m, 1, weights.rows, columns.count, nil, a, aStride, panels, nil, c, cStride, epilogue)
    }
  }

  /// Whether B [T * C][N] has so few columns that products read them one after the other.
  func isNarrow(taps: Int, channels: Int, columns: Int) -> Bool {
    table.pointee.is_narrow(taps, channels, columns) != 0
  }

  /// Some pixels and columns of C [P][N] = epilogue(windows [P][T * C] B [T * C][N]).
  ///
  /// `input` points to the first channel that the windows read of one image; `c` and the epilogue's
  /// pointers are those of the whole image. `columns` begins at a multiple of ``panelWidth``.
  package func convolution(
    _ windows: WindowTable, pixels: Range<Int>, columns: Range<Int>,
    input: UnsafePointer<Float>, weights: PackedMatrix, c: UnsafeMutablePointer<Float>,
    cStride: Int, epilogue: Epilogue = Epilogue()
  ) {
    let first = pixels.lowerBound
    let rows = windows.rows.map { $0 + first }
    let shift = rows == nil ? first : 0
    let part = epilogue.part(row: shift, column: columns.lowerBound)
    let (offsets, panels) = (
      windows.offsets + first * windows.taps, weights.panels(from: columns.lowerBound)
    )
    let c = c + shift * cStride + columns.lowerBound
    withUnsafePointer(to: part.c) { epilogue in
      if weights.isNarrow {
        table.pointee.narrow(
          pixels.count, windows.taps, windows.channels, columns.count, offsets, input, 0, panels,
          rows, c, cStride, epilogue)
      } else {
        table.pointee.conv(
          pixels.count, windows.taps, windows.channels, columns.count, offsets, input, panels,
          rows, c, cStride, epilogue)
      }
    }
  }

  /// Some pixels of C [P][C * multiplier], each input channel with weights of its own.
  ///
  /// `weights` is [T][C * multiplier]; output channel `c * multiplier + i` reads input channel `c`.
  package func depthwiseConvolution(
    _ windows: WindowTable, pixels: Range<Int>, multiplier: Int = 1,
    input: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    c: UnsafeMutablePointer<Float>, cStride: Int, epilogue: Epilogue = Epilogue()
  ) {
    let first = pixels.lowerBound
    withUnsafePointer(to: epilogue.part(row: first).c) { epilogue in
      table.pointee.depthwise(
        pixels.count, windows.taps, windows.channels, multiplier,
        windows.offsets + first * windows.taps, input, weights, c + first * cStride, cStride,
        epilogue)
    }
  }

  /// Some pixels of C [P][C]: the largest number that each window reads inside the input.
  package func maxPool(
    _ windows: WindowTable, pixels: Range<Int>, input: UnsafePointer<Float>,
    c: UnsafeMutablePointer<Float>, cStride: Int
  ) {
    let first = pixels.lowerBound
    table.pointee.max_pool(
      pixels.count, windows.taps, windows.channels, windows.offsets + first * windows.taps, input,
      c + first * cStride, cStride)
  }

  /// Some pixels of C [P][C]: the mean of what each window reads inside the input.
  package func averagePool(
    _ windows: WindowTable, pixels: Range<Int>, input: UnsafePointer<Float>,
    c: UnsafeMutablePointer<Float>, cStride: Int
  ) {
    let first = pixels.lowerBound
    table.pointee.average_pool(
      pixels.count, windows.taps, windows.channels, windows.offsets + first * windows.taps, input,
      c + first * cStride, cStride)
  }
}
