/// The options that all recurrent layers share.
///
/// Every prediction starts from states of zeros, unless it is given others, so that `stateful`
/// changes nothing but what a `Session` keeps; neither does dropout, which acts while a model is
/// trained.
struct RecurrentOptions: Sendable {
  /// Whether the output holds every time step, or only the last one.
  var returnsSequences: Bool
  /// Whether the states after the last time step are outputs.
  var returnsState: Bool
  /// Whether time runs from the last step to the first; outputs stand in the order of computing.
  var goesBackwards: Bool
  /// Whether a masked time step's output is zeros, or the output of the step before.
  var zeroesMaskedOutput: Bool
  /// Whether states are kept from one batch to the next.
  var isStateful: Bool
  /// Whether Keras lays the time steps out one by one, which shows in masked outputs alone.
  var isUnrolled: Bool

  /// Whether zeros are written into the output last, where the mask as it stands leaves steps out,
  /// though the output stands in the order of computing: so does Keras where it unrolls time.
  var zeroesByUnturnedMask: Bool {
    isUnrolled && goesBackwards && returnsSequences && zeroesMaskedOutput
  }

  init(_ reader: inout LayerReader) {
    returnsSequences = reader.bool("return_sequences", default: false)
    returnsState = reader.bool("return_state", default: false)
    goesBackwards = reader.bool("go_backwards", default: false)
    zeroesMaskedOutput = reader.bool("zero_output_for_mask", default: false)
    isStateful = reader.bool("stateful", default: false)
    isUnrolled = reader.bool("unroll", default: false)
    if reader.bool("time_major", default: false) {
      reader.refuse("time_major", "sequences with time on the first axis are not supported")
    }
    for option in ["unit_forget_bias", "dropout", "recurrent_dropout"] {
      _ = reader.value(option)
    }
  }
}
