import Inference
import ModelFormat
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Predicts line by line: each line of standard input is one item as JSON, each line of standard
/// output its results.
///
/// Lines that arrive together are computed together, and none waits for a later one; memory does
/// not depend on how many there are.
struct LineStream {
  /// What one line asked for.
  private struct Request {
    let id: JSONValue?
    let inputs: [Tensor]
    let isItem: Bool
  }

  private static let largestBatch = 32
  private static let longestLine = 1 << 28

  private let input: ModelInput
  private let prediction: Prediction
  private var lineNumber = 0

  init(_ model: Model, _ prediction: Prediction) {
    input = ModelInput(model)
    self.prediction = prediction
  }

  /// Answers all lines of standard input.
  mutating func run() throws {
    var pending: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.badFile, "standard input: \(SystemFailure("read"))") }
      guard count > 0 else { break }
      let start = pending.count
      pending += chunk[..<count]
      if let end = pending[start...].lastIndex(of: UInt8(ascii: "\n")) {
        try answer(pending[..<end])
        pending.removeSubrange(...end)
      }
      guard pending.count < Self.longestLine else {
        throw failure("longer than \(Self.longestLine) bytes", line: lineNumber + 1)
      }
    }
    if !pending.isEmpty { try answer(pending[...]) }
  }

  private mutating func answer(_ lines: ArraySlice<UInt8>) throws {
    var batch: [Request] = []
    for line in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      lineNumber += 1
      if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
      let request: Request
      do {
        request = try self.request(line)
      } catch {
        // What was asked before the line that fails is answered all the same.
        try predict(batch)
        throw error
      }
      if let first = batch.first, !Self.fits(request, first) || batch.count == Self.largestBatch {
        try predict(batch)
        batch = []
      }
      batch.append(request)
    }
    try predict(batch)
  }

  private func request(_ line: ArraySlice<UInt8>) throws(Failure) -> Request {
    do {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw InputError("expected UTF-8")
      }
      var json = try JSONValue(parsing: text)
      var id: JSONValue?
      if case .object(var members) = json {
        id = members.removeValue(forKey: "id")
        json = members["inputs"] ?? .object(members)
      }
      let values = try input.values(json)
      return Request(
        id: id, inputs: values.map(\.tensor), isItem: values.allSatisfy(\.isItem))
    } catch {
      throw failure("\(error)", line: lineNumber)
    }
  }

  /// Whether two requests can be computed as one batch.
  private static func fits(_ request: Request, _ other: Request) -> Bool {
    request.isItem && other.isItem && request.inputs.map(\.type) == other.inputs.map(\.type)
  }

  private func predict(_ batch: [Request]) throws {
    guard let first = batch.first else { return }
    let inputs = first.inputs.indices.map { index in
      batch.count == 1 ? first.inputs[index] : Tensor(joining: batch.map { $0.inputs[index] })
    }
    let results: [Tensor]
    do {
      results = try prediction(inputs)
    } catch {
      throw failure(error.description, line: lineNumber)
    }
    for (position, request) in batch.enumerated() {
      let own = results.map { result in
        guard request.isItem, result.shape.rank > 0 else { return result }
        return result.items(position..<(position + 1))
          .reshaped(to: Shape(Array(result.shape.dimensions.dropFirst())))
      }
      let id = request.id.map { "\"id\":\($0.canonicalText)," } ?? ""
      let json = ResultFile.json(Array(zip(prediction.names, own))).dropFirst()
      try Terminal.print("{\(id)\(json)")
    }
  }

  private func failure(_ reason: String, line: Int) -> Failure {
    Failure(.badFile, "standard input, line \(line): \(reason)")
  }
}
