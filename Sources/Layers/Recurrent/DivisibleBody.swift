import Tensors

/// A recurrent body whose steps several threads can share: each computes some of the units.
protocol DivisibleBody: RecurrentBody {
  /// The units that a thread's share is a multiple of; nil where the body cannot be divided.
  var unitGrain: Int? { get }
  /// The units of each state; the output is the first of an item's states.
  var units: Int { get }

  /// Computes some units of the states after a time step from the step's states, which stay, into
  /// `next`, which is laid out alike.
  func advance(_ step: RecurrentStep, _ units: Range<Int>, to next: UnsafeMutablePointer<Float>)
}

extension DivisibleBody {
  /// The units of one of several parts.
  func share(_ part: Int, of parts: Int, grain: Int) -> Range<Int> {
    let grains = units / grain
    return grains * part / parts * grain..<grains * (part + 1) / parts * grain
  }
}
