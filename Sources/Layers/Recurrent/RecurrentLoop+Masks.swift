import Tensors

extension RecurrentLoop {
  /// Whether a step does not count for an item, or for one place of it.
  func isMasked(_ item: Int, _ place: Int, _ step: Int, _ buffers: StepBuffers) -> Bool {
    guard let mask = wiring.mask else { return false }
    return buffers.input(mask)[(item * steps + time(of: step)) * wiring.maskPlaces + place] == 0
  }

  /// Whether a step does not count for some place of some items.
  func isMasked(_ items: Range<Int>, _ step: Int, _ buffers: StepBuffers) -> Bool {
    guard wiring.mask != nil else { return false }
    return items.contains { item in
      (0..<wiring.maskPlaces).contains { isMasked(item, $0, step, buffers) }
    }
  }

  /// What of an output belongs to one place.
  func part(_ place: Int) -> Range<Int> {
    let size = outputSize / wiring.maskPlaces
    return place * size..<(place + 1) * size
  }

  /// Gives one place of an item its saved states back.
  func restore(
    _ place: Int, from saved: UnsafePointer<Float>, to states: UnsafeMutablePointer<Float>
  ) {
    var offset = 0
    for stateSize in stateSizes {
      let size = stateSize / wiring.maskPlaces
      let start = offset + place * size
      (states + start).update(from: saved + start, count: size)
      offset += stateSize
    }
  }

  /// Writes zeros where the mask, unlike the output in the order of time, leaves a step out.
  func zeroMasked(_ items: Range<Int>, _ buffers: StepBuffers, _ output: Output) {
    guard let mask = wiring.mask.map({ buffers.input($0) }) else { return }
    let places = wiring.maskPlaces
    for item in items {
      for step in 0..<steps {
        for place in 0..<places where mask[(item * steps + step) * places + place] == 0 {
          let part = part(place)
          (row(item, step, output) + part.lowerBound).update(repeating: 0, count: part.count)
        }
      }
    }
  }

  /// Writes part of the output of a masked time step.
  func skip(_ item: Int, _ step: Int, _ part: Range<Int>, _ output: Output) {
    let row = row(item, step, output) + part.lowerBound
    if options.zeroesMaskedOutput && !options.zeroesByUnturnedMask || step == 0 {
      row.update(repeating: 0, count: part.count)
    } else if options.returnsSequences {
      row.update(from: self.row(item, step - 1, output) + part.lowerBound, count: part.count)
    }
  }
}
