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
/// not depend on how many there are. A line that fails is answered with an `error`. In a session each
/// line goes on from the one before it, and an empty line starts anew.
struct LineStream {
  /// What one line asked for.
  private struct Request {
    let line: Int
    /// The identifier as the line writes it.
    let id: String?
    let inputs: [Tensor]
    let isItem: Bool
  }

  private static let largestBatch = 32
  private static let longestLine = 1 << 28
  private static let lineEnd = UInt8(ascii: "\n")

  private let input: ModelInput
  private let prediction: Prediction
  private var session: Session?
  private var lineNumber = 0
  private var failedCount = 0
  private var firstFailure = ""

  init(_ model: Model, _ prediction: Prediction, _ session: Session? = nil) {
    input = ModelInput(model)
    self.prediction = prediction
    self.session = session
  }

  /// Answers all lines of standard input.
  ///
  /// - Throws: Where it cannot be read or the answers cannot be written; at the end, where any line
  ///   failed.
  mutating func run() throws {
    var pending: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var isSkipping = false
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.badFile, "standard input: \(SystemFailure("read"))") }
      guard count > 0 else { break }
      var arrived = chunk[..<count]
      if isSkipping {
        guard let end = arrived.firstIndex(of: Self.lineEnd) else { continue }
        arrived = arrived[(end + 1)...]
        isSkipping = false
      }
      let start = pending.count
      pending += arrived
      if let end = pending[start...].lastIndex(of: Self.lineEnd) {
        try answer(pending[..<end])
        pending.removeSubrange(...end)
      }
      if pending.count >= Self.longestLine {
        lineNumber += 1
        try fail("longer than \(Self.longestLine) bytes", id: nil, line: lineNumber)
        pending = []
        isSkipping = true
      }
    }
    if !pending.isEmpty { try answer(pending[...]) }
    guard failedCount > 0 else { return }
    let more = failedCount > 1 ? ", the first of \(failedCount) lines that failed" : ""
    throw Failure(.badFile, "standard input, \(firstFailure)\(more)")
  }

  private mutating func answer(_ lines: ArraySlice<UInt8>) throws {
    var batch: [Request] = []
    for line in lines.split(separator: Self.lineEnd, omittingEmptySubsequences: false) {
      lineNumber += 1
      if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
        if session != nil {
          try predict(batch)
          batch = []
          session?.reset()
        }
        continue
      }
      var id: String?
      do {
        let request = try request(line, &id)
        if let first = batch.first,
          !Self.fits(request, first) || batch.count == Self.largestBatch || session != nil
        {
          try predict(batch)
          batch = []
        }
        batch.append(request)
      } catch let error as LineError {
        try predict(batch)
        batch = []
        try fail(error.description, id: id, line: lineNumber)
      }
    }
    try predict(batch)
  }

  /// What a line asks for; `id` is told also where the rest of the line is of no use.
  private func request(
    _ line: ArraySlice<UInt8>, _ id: inout String?
  ) throws(LineError) -> Request {
    do {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw InputError("expected UTF-8")
      }
      let (json, written) = try JSONValue.parse(text, keeping: "id")
      let values: [(tensor: Tensor, isItem: Bool)]
      if let inner = input.unwrapped(json, keys: "inputs") {
        id = written
        values = try input.values(inner)
      } else if case .object(var members) = json, !input.has("id") {
        id = written
        members["id"] = nil
        values = try input.values(.object(members))
      } else {
        values = try input.values(json)
      }
      return Request(
        line: lineNumber, id: id, inputs: values.map(\.tensor),
        isItem: values.allSatisfy(\.isItem))
    } catch {
      throw LineError(description: "\(error)")
    }
  }

  /// Whether two requests can be computed as one batch.
  private static func fits(_ request: Request, _ other: Request) -> Bool {
    request.isItem && other.isItem && request.inputs.map(\.type) == other.inputs.map(\.type)
  }

  private mutating func predict(_ batch: [Request]) throws {
    guard let first = batch.first else { return }
    let inputs = first.inputs.indices.map { index in
      batch.count == 1 ? first.inputs[index] : Tensor(joining: batch.map { $0.inputs[index] })
    }
    let results: [Tensor]
    do throws(PredictionError) {
      if let next = try session?.predict(inputs) {
        results = next
      } else {
        results = try prediction(inputs)
      }
    } catch {
      guard batch.count == 1 else {
        // One of them fails: each is computed by itself.
        for request in batch { try predict([request]) }
        return
      }
      return try fail(error.description, id: first.id, line: first.line)
    }
    for (position, request) in batch.enumerated() {
      let own = results.map { result in
        guard request.isItem, result.shape.rank > 0 else { return result }
        return result.items(position..<(position + 1))
          .reshaped(to: Shape(Array(result.shape.dimensions.dropFirst())))
      }
      let json = ResultFile.json(Array(zip(prediction.names, own))).dropFirst()
      try Terminal.print("{\(Self.member(request.id))\(json)")
    }
  }

  private mutating func fail(_ reason: String, id: String?, line: Int) throws(Failure) {
    failedCount += 1
    if failedCount == 1 { firstFailure = "line \(line): \(reason)" }
    let text = JSONValue.string("line \(line): \(reason)").canonicalText
    try Terminal.print("{\(Self.member(id))\"error\":\(text)}")
  }

  private static func member(_ id: String?) -> String { id.map { "\"id\":\($0)," } ?? "" }
}

/// Why one line cannot be answered.
private struct LineError: Error, CustomStringConvertible {
  let description: String
}
