#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The discrete Fourier transform of `count` complex numbers, in double precision and in place:
/// X[k] = Σ x[n] · exp(∓2πi · k · n / count).
///
/// Powers of two are halved again and again; other counts are convolutions with a chirp
/// (Bluestein's), of the next power of two that holds them.
struct FourierTransform: Sendable {
  /// Where a transform keeps its real and its imaginary parts.
  typealias Parts = (real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>)

  /// The numbers that go in and come out.
  let count: Int
  private let halving: Halving
  private let chirp: [(real: Double, imaginary: Double)]
  private let chirpSpectrum: [Double]

  /// The transform of `count` numbers, which must be at least one.
  init(count: Int) {
    self.count = count
    guard count & (count - 1) != 0 else {
      halving = Halving(count: count)
      (chirp, chirpSpectrum) = ([], [])
      return
    }
    var size = 1
    while size < 2 * count - 1 { size *= 2 }
    let halving = Halving(count: size)
    self.halving = halving
    let chirp = (0..<count).map { place in
      // The square modulo 2 · count keeps the angle small, and so exact.
      let angle = Double.pi * Double(place * place % (2 * count)) / Double(count)
      return (real: cos(angle), imaginary: sin(angle))
    }
    self.chirp = chirp
    var spectrum = [Double](repeating: 0, count: 2 * size)
    for (place, value) in chirp.enumerated() {
      for index in Set([place, (size - place) % size]) {
        (spectrum[index], spectrum[size + index]) = (value.real, value.imaginary)
      }
    }
    spectrum.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      halving.run((start, start + size))
    }
    chirpSpectrum = spectrum
  }

  /// The numbers that ``run(_:isInverse:scratch:)`` works in.
  var scratchCount: Int { chirp.isEmpty ? 0 : 2 * halving.count }

  /// Transforms `x` in place; the inverse is divided by the count.
  func run(_ x: Parts, isInverse: Bool = false, scratch: UnsafeMutablePointer<Double>) {
    // The inverse is the transform with both parts exchanged.
    let parts = isInverse ? (real: x.imaginary, imaginary: x.real) : x
    if chirp.isEmpty { halving.run(parts) } else { convolve(parts, scratch) }
    guard isInverse else { return }
    for index in 0..<count {
      x.real[index] /= Double(count)
      x.imaginary[index] /= Double(count)
    }
  }

  private func convolve(_ x: Parts, _ scratch: UnsafeMutablePointer<Double>) {
    let size = halving.count
    let work: Parts = (scratch, scratch + size)
    scratch.update(repeating: 0, count: 2 * size)
    for (index, value) in chirp.enumerated() {
      work.real[index] = x.real[index] * value.real + x.imaginary[index] * value.imaginary
      work.imaginary[index] = x.imaginary[index] * value.real - x.real[index] * value.imaginary
    }
    halving.run(work)
    for index in 0..<size {
      let (real, imaginary) = (work.real[index], work.imaginary[index])
      let (c, s) = (chirpSpectrum[index], chirpSpectrum[size + index])
      // The parts are exchanged, as the inverse takes them.
      work.imaginary[index] = real * c - imaginary * s
      work.real[index] = real * s + imaginary * c
    }
    halving.run(work)
    for (index, value) in chirp.enumerated() {
      let real = work.imaginary[index] / Double(size)
      let imaginary = work.real[index] / Double(size)
      x.real[index] = real * value.real + imaginary * value.imaginary
      x.imaginary[index] = imaginary * value.real - real * value.imaginary
    }
  }
}

/// The transform of a power of two of complex numbers.
private struct Halving: Sendable {
  let count: Int
  private let turns: [(real: Double, imaginary: Double)]

  init(count: Int) {
    self.count = count
    turns = (0..<max(count / 2, 1)).map { place in
      let angle = -2 * Double.pi * Double(place) / Double(count)
      return (cos(angle), sin(angle))
    }
  }

  func run(_ x: FourierTransform.Parts) {
    reverse(x)
    var length = 2
    while length <= count {
      let (half, stride) = (length / 2, count / length)
      for start in Swift.stride(from: 0, to: count, by: length) {
        for place in 0..<half {
          let turn = turns[place * stride]
          let (low, high) = (start + place, start + place + half)
          let real = x.real[high] * turn.real - x.imaginary[high] * turn.imaginary
          let imaginary = x.real[high] * turn.imaginary + x.imaginary[high] * turn.real
          x.real[high] = x.real[low] - real
          x.imaginary[high] = x.imaginary[low] - imaginary
          x.real[low] += real
          x.imaginary[low] += imaginary
        }
      }
      length *= 2
    }
  }

  /// Puts every number where the bits of its place stand the other way round.
  private func reverse(_ x: FourierTransform.Parts) {
    var other = 0
    for place in 0..<count {
      if place < other {
        (x.real[place], x.real[other]) = (x.real[other], x.real[place])
        (x.imaginary[place], x.imaginary[other]) = (x.imaginary[other], x.imaginary[place])
      }
      var bit = count >> 1
      while bit > 0, other & bit != 0 {
        other ^= bit
        bit >>= 1
      }
      other |= bit
    }
  }
}
