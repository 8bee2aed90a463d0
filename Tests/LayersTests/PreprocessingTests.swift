import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct PreprocessingTests {
  private let x = Tensor([1, 2, 2], [1, 2, 3, 4] as [Float])

  @Test func rescalesByNumbers() throws {
    let layer = try SingleLayer("Rescaling", ["scale": .double(0.5), "offset": .int(-1)])
    #expect(try layer(x)[0].floats == [-0.5, 0, 0.5, 1])
  }

  @Test func rescalesByArraysOfEitherSpelling() throws {
    let plain: JSONValue = .array([.int(1), .int(10)])
    let numpy: JSONValue = .object([
      "class_name": .string("__numpy__"),
      "config": .object(["value": plain, "dtype": .string("float64")]),
    ])
    for scale in [plain, numpy] {
      #expect(try SingleLayer("Rescaling", ["scale": scale])(x)[0].floats == [1, 20, 3, 40])
    }
  }

  @Test func arraysMustFitTheInput() throws {
    let scale: JSONValue = .array([.int(1), .int(2), .int(3)])
    let layer = try SingleLayer("Rescaling", ["scale": scale])
    #expect(
      throws: LayerError(
        "expected an input that scale (3,) and offset () broadcast to, found shape (1, 2, 2)")
    ) { try layer.outputShapes([1, 2, 2]) }
    #expect(throws: ModelProblems.self) {
      try SingleLayer("Rescaling", ["scale": .array([.int(1), .array([.int(2)])])])
    }
  }

  @Test func normalizesByOptionsOrWeights() throws {
    let numbers: (Int, Int) -> JSONValue = { .array([.int($0), .int($1)]) }
    let options = try SingleLayer(
      "Normalization", ["axis": .int(-1), "mean": numbers(1, 2), "variance": numbers(4, 1)])
    let weights = try SingleLayer(
      "Normalization", ["axis": .array([.int(2)])],
      weights: [
        "mean": Tensor([2], [1, 2] as [Float]), "variance": Tensor([2], [4, 1] as [Float]),
        "count": Tensor([], [Int32(3)]),
      ])
    for layer in [options, weights] { #expect(try layer(x)[0].floats == [0, 0, 1, 2]) }
  }

  @Test func normalizationInverts() throws {
    let layer = try SingleLayer(
      "Normalization",
      ["axis": .null, "mean": .int(1), "variance": .int(4), "invert": .bool(true)])
    #expect(try layer(x)[0].floats == [3, 5, 7, 9])
  }

  @Test func aMeanBelongsToTheLastKeptAxes() throws {
    let layer = try SingleLayer(
      "Normalization",
      [
        "axis": .array([.int(1), .int(2)]), "mean": .array([.int(1), .int(2)]),
        "variance": .array([.int(1), .int(0)]),
      ])
    #expect(try layer(x)[0].floats == [0, 0, 2, 2e7])
  }

  @Test func normalizationNeedsSizesThatFit() throws {
    let layer = try SingleLayer(
      "Normalization", ["axis": .int(1)],
      weights: ["mean": .spread([3], seed: 0), "variance": .spread([3], seed: 1)])
    #expect(
      throws: LayerError(
        "expected an input that a mean of shape (3,) fits along axes [1], found shape (1, 2, 3)")
    ) { try layer.outputShapes([1, 2, 3]) }
  }

  // By TensorFlow 2.21; as exact means, 176.5 and 180.5 would be rounded to 176 and 180.
  @Test func meansOverAreasAreRoundedAsTensorFlowRoundsThem() throws {
    func means(_ shape: Shape, height: Int, width: Int, _ pixels: [UInt8]) throws -> [UInt8] {
      let resizing = try SingleLayer(
        "ops.Resize",
        ["size": .array([.int(height), .int(width)]), "interpolation": .string("area")])
      return try resizing(Tensor(shape, pixels))[0].elements(as: UInt8.self)
    }
    let line: [UInt8] = [44, 208, 166, 233, 128, 155, 248, 186]
    #expect(
      try means([1, 1, 8, 1], height: 1, width: 9, line) == [
        44, 188, 177, 208, 181, 138, 178, 240, 186,
      ])
    #expect(
      try means([1, 3, 2, 1], height: 2, width: 3, [169, 38, 158, 87, 89, 108]) == [
        165, 110, 54, 112, 107, 101,
      ])
  }
}
