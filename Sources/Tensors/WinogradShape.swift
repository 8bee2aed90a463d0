import CKernels

/// The sizes of a 3 x 3 convolution with stride 1 over images (height, width, channels).
package struct WinogradShape: Sendable {
  var c: ck_winograd

  /// The sizes of a convolution, computed in tiles of `tile` x `tile` outputs, 4 or 2; `padding` is
  /// what lies above the image and left of it.
  package init(
    tile: Int, input: (height: Int, width: Int, channels: Int),
    output: (height: Int, width: Int, filters: Int), padding: (top: Int, left: Int)
  ) {
    c = ck_winograd(
      height: input.height, width: input.width, channels: input.channels,
      out_height: output.height, out_width: output.width, filters: output.filters,
      pad_top: padding.top, pad_left: padding.left, tile: tile)
  }

  /// The outputs along a side of a tile.
  package var tile: Int { c.tile }

  /// The tiles that cover one image.
  package var tilesPerImage: Int {
    (c.out_height + tile - 1) / tile * ((c.out_width + tile - 1) / tile)
  }
}
