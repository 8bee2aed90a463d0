import Tensors
import Testing

@Suite struct ConversionTests {
  @Test(arguments: ElementType.numeric, ElementType.numeric)
  func smallNumbersSurviveEveryConversion(from: ElementType, to: ElementType) {
    let numbers: [Double] = from == .bool || to == .bool ? [0, 1, 1, 0] : [0, 1, 2, 100]
    let start = Tensor([2, 2], numbers).converted(to: from)
    #expect(start.elementType == from)
    let result = start.converted(to: to)
    #expect(result.type == TensorType([2, 2], to))
    #expect(result.doubles() == numbers)
  }

  @Test func floatsAreTruncatedTowardsZero() {
    let x = Tensor([4], [1.9, -1.9, 0.5, -0.5] as [Float])
    #expect(x.converted(to: .int32).elements(as: Int32.self) == [1, -1, 0, 0])
    #expect(x.converted(to: .bool).elements(as: Bool.self) == [true, true, true, true])
  }

  @Test func floatsBeyondAnIntegersRangeBecomeItsLimits() {
    let x = Tensor([5], [1e30, -1e30, .infinity, -.infinity, .nan] as [Double])
    #expect(x.converted(to: .int8).elements(as: Int8.self) == [127, -128, 127, -128, 0])
    #expect(x.converted(to: .uint64).elements(as: UInt64.self) == [.max, 0, .max, 0, 0])
    #expect(
      x.converted(to: .int64).elements(as: Int64.self) == [.max, .min, .max, .min, 0])
  }

  @Test func aGraphsFloatsBecomeWholeNumbersInBlocksAsTensorFlowMakesThem() {
    // 34 elements, of which the last two are not in a block.
    let x = [Float](repeating: 300, count: 32) + [300, .nan]
    func converted<Target: FixedWidthInteger>(to type: ElementType) -> [Target] {
      var result = [Target](repeating: 0, count: x.count)
      x.withUnsafeBytes { from in
        result.withUnsafeMutableBytes { to in
          guard let from = from.baseAddress, let to = to.baseAddress else { return }
          convertElements(x.count, from, .float32, to, type)
        }
      }
      return Array(result[31...])
    }
    #expect(converted(to: .int8) == [127, 44, 0] as [Int8])
    #expect(converted(to: .uint8) == [255, 44, 0] as [UInt8])
    #expect(converted(to: .int32) == [300, 300, .min] as [Int32])
    #expect(converted(to: .int64) == [300, 300, .min] as [Int64])
  }

  @Test func integersWrapAroundAndKeepAllTheirBits() {
    let x = Tensor([3], [300, -1, Int64.max])
    #expect(x.converted(to: .uint8).elements(as: UInt8.self) == [44, 255, 255])
    #expect(x.converted(to: .uint64).converted(to: .int64).elements(as: Int64.self)[2] == .max)
    let large = Tensor([1], [UInt64.max])
    #expect(large.converted(to: .float64).elements(as: Double.self) == [18_446_744_073_709_551_616])
    #expect(large.converted(to: .float32).elements(as: Float.self) == [18_446_744_073_709_551_616])
  }

  @Test(arguments: CPUKernels.available)
  func everyHalfSurvivesTheWayThereAndBack(kernels: CPUKernels) {
    for (type, isNaN) in [
      (ElementType.float16, { (bits: UInt16) in bits & 0x7fff > 0x7c00 }),
      (ElementType.bfloat16, { (bits: UInt16) in bits & 0x7fff > 0x7f80 }),
    ] {
      let bits = (0...UInt16.max).map { $0 }
      let floats = Self.floats(bits, type, kernels)
      let back = Self.halves(floats, type, kernels)
      #expect(
        bits.indices.allSatisfy { isNaN(bits[$0]) ? isNaN(back[$0]) : back[$0] == bits[$0] })
      #expect(bits.indices.allSatisfy { isNaN(bits[$0]) == floats[$0].isNaN })
    }
  }

  @Test(arguments: CPUKernels.available)
  func halvesHaveTheirValues(kernels: CPUKernels) {
    let halves: [UInt16] = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0xfc00, 0x8000]
    #expect(
      Self.floats(halves, .float16, kernels) == [
        1, -2, 0x1p-24, 0x1.ff8p-15, 0x1p-14, 65504, .infinity, -.infinity, -0.0,
      ])
    #expect(Self.floats([0x3f80, 0xc049], .bfloat16, kernels) == [1, -3.140625])
  }

  @Test(arguments: CPUKernels.available)
  func halvesRoundToTheNearestTiesToEven(kernels: CPUKernels) {
    let floats: [Float] = [
      1 + 0x1p-11, 1 + 0x1.8p-10, 1 + 0x1.002p-11, 65519, 65520, 0x1p-25, 0x1.002p-25, 0x1.8p-24,
      .infinity,
    ]
    #expect(
      Self.halves(floats, .float16, kernels) == [
        0x3c00, 0x3c02, 0x3c01, 0x7bff, 0x7c00, 0, 1, 2, 0x7c00,
      ])
    #expect(
      Self.halves([1 + 0x1p-8, 1 + 0x1.8p-7, .greatestFiniteMagnitude], .bfloat16, kernels) == [
        0x3f80, 0x3f82, 0x7f80,
      ])
  }

  @Test func doublesRoundToHalvesOnlyOnce() {
    // Rounded to single precision first, this would be a tie and lose its last bit.
    let x = Tensor([2], [1 + 0x1p-11 + 0x1p-40, -(1 + 0x1p-11 + 0x1p-40)])
    #expect(x.converted(to: .float16).doubles() == [1 + 0x1p-10, -1 - 0x1p-10])
  }

  private static func floats(
    _ halves: [UInt16], _ type: ElementType, _ kernels: CPUKernels
  ) -> [Float] {
    var floats = [Float](repeating: 0, count: halves.count)
    kernels.convertToFloat(type, count: halves.count, halves, into: &floats)
    return floats
  }

  private static func halves(
    _ floats: [Float], _ type: ElementType, _ kernels: CPUKernels
  ) -> [UInt16] {
    var halves = [UInt16](repeating: 0, count: floats.count)
    kernels.convertToHalf(type, count: floats.count, floats, into: &halves)
    return halves
  }
}
