extension LayerCatalog {
  /// Every layer that KerasKit has, one line each.
  public static let standard = LayerCatalog([
    // Core
    Identity.self
  ])
}
