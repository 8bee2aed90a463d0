import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct UpSamplingTests {
  @Test func repeatsAlongEverySpatialAxis() throws {
    let line = try SingleLayer("UpSampling1D", ["size": .int(2)])
    #expect(
      try line(Tensor([1, 2, 2], [1, 2, 3, 4] as [Float]))[0].floats == [1, 2, 1, 2, 3, 4, 3, 4])
    let picture = try SingleLayer("UpSampling2D", ["size": .array([.int(2), .int(1)])])
    #expect(
      try picture(Tensor([1, 2, 2, 1], [1, 2, 3, 4] as [Float]))[0].floats
        == [1, 2, 1, 2, 3, 4, 3, 4])
    let volume = try SingleLayer("UpSampling3D", ["size": .array([.int(1), .int(2), .int(2)])])
    let output = try volume(Tensor([1, 2, 1, 1, 1], [1, 2] as [Float]))[0]
    #expect(output.shape == [1, 2, 2, 2, 1])
    #expect(output.floats == [1, 1, 1, 1, 2, 2, 2, 2])
  }

  @Test(arguments: [
    ("bilinear", [0, 2, 6, 8] as [Float]), ("nearest", [0, 0, 8, 8]), ("area", [0, 0, 8, 8]),
  ])
  func interpolatesBetweenCentres(name: String, expected: [Float]) throws {
    let layer = try SingleLayer(
      "UpSampling2D",
      ["size": .array([.int(1), .int(2)]), "interpolation": .string(name)])
    #expect(try layer(Tensor([1, 1, 2, 1], [0, 8] as [Float]))[0].floats == expected)
  }

  @Test(arguments: ["bilinear", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"])
  func aPlainPictureStaysPlain(name: String) throws {
    let layer = try SingleLayer(
      "UpSampling2D", ["size": .int(3), "interpolation": .string(name)])
    let output = try layer(Tensor([1, 4, 5, 2], [Float](repeating: 7, count: 40)), threads: 2)[0]
    #expect(output.shape == [1, 12, 15, 2])
    #expect(output.floats.allSatisfy { abs($0 - 7) < 1e-5 })
  }

  @Test func anUnknownInterpolationIsRefused() {
    #expect {
      try SingleLayer("UpSampling2D", ["interpolation": .string("cubist")])
    } throws: { error in
      (error as? ModelProblems)?.problems.map(\.option) == ["interpolation"]
    }
  }
}
