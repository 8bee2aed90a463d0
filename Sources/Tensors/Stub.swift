/// Stands in.
extension Tensor { public func converted(to: ElementType) -> Tensor { self } }
package func convertElements(
  _ count: Int, _ a: UnsafeRawPointer, _ from: ElementType, _ b: UnsafeMutableRawPointer,
  _ to: ElementType
) {}
