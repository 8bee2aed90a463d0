import Inference
import ModelFormat
import Tensors
import Testing

@Suite("A step profiler")
struct StepProfilerTests {
  private let model: Model

  init() throws {
    model = try Model(SmallModels.contents(), threads: 1)
  }

  private func input(batch: Int) -> [Tensor] { [Tensor(zeros: TensorType([batch, 2]))] }

  @Test func tellsTheStepsOfThePlan() throws {
    let steps = try model.profiler(input(batch: 3)).steps
    let dense = steps.filter { $0.className == "Dense" }
    #expect(dense.map(\.name) == ["dense", "dense#1"])
    #expect(dense.map(\.multiplyAdds) == [12, 12])
    // Six numbers in, six weights, six numbers out.
    #expect(dense.map(\.byteCount) == [72, 72])
  }

  @Test func tellsWhenEachStepBeganAndTheLastEnded() throws {
    let profiler = try model.profiler(input(batch: 1))
    var time = 0.0
    let moments = profiler.run {
      time += 1
      return time
    }
    #expect(moments == (1...profiler.steps.count + 1).map(Double.init))
  }

  @Test(arguments: [1, 32, 33]) func runsAsManyItemsAsAThreadComputesAtOnce(
    batch: Int
  ) throws {
    let model = try Model(SmallModels.contents(), threads: 2)
    let profiler = try model.profiler(input(batch: batch))
    #expect(profiler.batch == max(1, batch / 2))
    #expect(profiler.steps.map(\.multiplyAdds).reduce(0, +) == 8 * profiler.batch)
  }

  @Test func refusesInputsThatDoNotFit() {
    #expect(throws: PredictionError.inputCount(expected: 1, found: 0)) { try model.profiler([]) }
  }
}
