import Tensors

/// An equation `ab,bc->ac` of an input, a kernel and an output, each letter an axis.
///
/// `...` before or after the letters of the input and the output stands for further axes.
struct EinsumEquation: Sendable {
  private let input: [Character]
  let kernel: [Character]
  private let output: [Character]
  private let ellipsis: Ellipsis

  private enum Ellipsis {
    case none
    case before
    case after
  }

  /// The equation that `text` writes, or nil where it writes none.
  init?(_ text: String) {
    let halves = text.filter { $0 != " " }.split(separator: ">", omittingEmptySubsequences: false)
    guard halves.count == 2, halves[0].last == "-" else { return nil }
    let terms = halves[0].dropLast().split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == 2 else { return nil }
    let (first, last) = (String(terms[0]), String(halves[1]))
    if first.hasPrefix("..."), last.hasPrefix("...") {
      (ellipsis, input, output) = (.before, Array(first.dropFirst(3)), Array(last.dropFirst(3)))
    } else if first.hasSuffix("..."), last.hasSuffix("...") {
      (ellipsis, input, output) = (.after, Array(first.dropLast(3)), Array(last.dropLast(3)))
    } else {
      (ellipsis, input, output) = (.none, Array(first), Array(last))
    }
    kernel = Array(terms[1])
    let all = [input, kernel, output]
    guard all.allSatisfy({ Set($0).count == $0.count && $0.allSatisfy(\.isLetter) }),
      kernel.allSatisfy({ input.contains($0) || output.contains($0) }),
      output.allSatisfy({ input.contains($0) || kernel.contains($0) })
    else { return nil }
  }

  /// Whether Keras 3 computes the equation by `matmul`, and not by TensorFlow's `einsum`.
  var isMatmul: Bool {
    guard ellipsis == .none else { return false }
    var names: [Character: Character] = [:]
    let renamed = [input, kernel, output].map { letters in
      String(
        letters.map { letter in
          let name = names[letter] ?? Self.alphabet[names.count % Self.alphabet.count]
          names[letter] = name
          return name
        })
    }
    return Self.matmuls.contains("\(renamed[0]),\(renamed[1])->\(renamed[2])")
  }

  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz")

  /// Keras: `einsum` in `backend/tensorflow/numpy.py`.
  private static let matmuls: Set = [
    "a,b->ab", "ab,b->a", "ab,bc->ac", "ab,cb->ac", "abc,cd->abd", "abc,dc->abd",
    "abcd,abde->abce", "abcd,abed->abce", "abcd,acbe->adbe", "abcd,adbe->acbe",
    "abcd,aecd->acbe", "abcd,aecd->aceb", "abc,cde->abde", "abc,dce->abde", "abc,dec->abde",
    "abcd,cde->abe", "abcd,ced->abe", "abcd,ecd->abe",
  ]

  /// Whether the output lacks an axis of the kernel.
  func sumsUp(_ letter: Character) -> Bool { !output.contains(letter) }

  /// The letters of input and output, with a name for every axis that the ellipsis stands for, or
  /// nil where the input has too few axes.
  func letters(inputRank: Int) -> (input: [Character], output: [Character])? {
    let count = inputRank - input.count
    guard count == 0 || count > 0 && ellipsis != .none else { return nil }
    let more = (0..<count).compactMap { Unicode.Scalar(0x2460 + $0).map(Character.init) }
    switch ellipsis {
    case .none: return (input, output)
    case .before: return (more + input, more + output)
    case .after: return (input + more, output + more)
    }
  }
}
