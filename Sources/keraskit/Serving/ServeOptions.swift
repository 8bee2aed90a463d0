import ModelFormat
import Serving

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The options of `serve` and what they make of a server's configuration.
enum ServeOptions {
  static let models = Option(
    "models", value: "DIR", help: "serve every bundle and every folder of versions in DIR")
  static let config = Option(
    "config", value: "FILE", help: "a JSON file of these options and of models with versions")
  static let threads = Option(
    "threads", value: "T", help: "threads of one prediction (1 for small models, else all)")

  private static let host = Option(
    "host", value: "H", help: "the address to listen on (127.0.0.1)")
  private static let port = Option(
    "port", value: "P", help: "the port to listen on, 0 for any ($PORT or 8080)")
  private static let workers = Option(
    "workers", value: "N", help: "predictions at a time (as many as processors)")
  private static let maxBatch = Option(
    "max-batch", value: "N", help: "items of several requests computed together (32)")
  private static let maxDelay = Option(
    "max-delay-us", value: "U", help: "microseconds that a request waits for others (0)")
  private static let maxQueue = Option(
    "max-queue", value: "N", help: "requests that wait for a model; others get 503 (256)")
  private static let timeout = Option(
    "timeout-ms", value: "M", help: "milliseconds a request waits to be computed (no limit)")
  private static let maxBody = Option(
    "max-body-bytes", value: "N", help: "bytes of a request's body (67108864)")
  private static let maxConnections = Option(
    "max-connections", value: "N", help: "connections at a time (16384)")
  private static let connectionsPerAddress = Option(
    "max-connections-per-address", value: "N", help: "connections from one address (no limit)")
  private static let requestTimeout = Option(
    "request-timeout", value: "S", help: "seconds for a header, and between requests (30)")
  private static let drainDelay = Option(
    "drain-delay", value: "S", help: "seconds of answering \"not ready\" before stopping (0)")
  private static let exitTimeout = Option(
    "exit-timeout", value: "S", help: "seconds in which requests are finished (30)")
  private static let tokenFile = Option(
    "token-file", value: "FILE", help: "the token that clients must show ($KERASKIT_TOKEN)")
  private static let certificate = Option(
    "tls-cert", value: "FILE",
    help: "speak TLS with this chain of certificates, in PEM form")
  private static let key = Option("tls-key", value: "FILE", help: "the certificate's private key")
  private static let allowOrigin = Option(
    "allow-origin", value: "O", help: "let pages of these origins ask too: a,b or * for any")
  private static let accessLog = Option(
    "access-log", value: "FILE", help: "a JSON line for each request; - for standard output")
  private static let eventLog = Option(
    "event-log", value: "FILE", help: "a JSON line for each event; - for standard error")
  private static let allowControl = Option(
    "allow-control", help: "let clients load and unload models from any address")

  /// All options.
  static let all = [
    models, config, host, port, workers, threads, .exact, maxBatch, maxDelay, maxQueue, timeout,
    maxBody,
    maxConnections, connectionsPerAddress, requestTimeout, drainDelay, exitTimeout, tokenFile,
    certificate, key, allowOrigin, accessLog, eventLog, allowControl,
  ]

  /// The options that a file of them may give.
  static let inFile = all.filter { $0.name != config.name }

  /// What options make of a server's configuration.
  static func configuration(_ arguments: Arguments) throws -> ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.version = Program.version
    try readTransport(arguments, &configuration.transport)
    configuration.readSecurity = try security(arguments)
    configuration.transport.tls = try configuration.readSecurity?()
    try readBatching(arguments, &configuration.batching)
    if let workers = try arguments.int(workers, in: 1...1024) { configuration.workers = workers }
    if let bytes = try arguments.int(maxBody, in: 1...(1 << 31)) { configuration.bodyLimit = bytes }
    configuration.transport.bodyBudget = max(
      configuration.transport.bodyBudget, 2 * configuration.bodyLimit)
    configuration.queueLimit = max(configuration.queueLimit, configuration.batching.queueLimit)
    if let seconds = try arguments.double(drainDelay, in: 0...3600) {
      configuration.drainDelay = seconds
    }
    if let seconds = try arguments.double(exitTimeout, in: 0...86_400) {
      configuration.drainSeconds = seconds
    }
    configuration.token = try token(arguments)
    if let text = arguments.value(of: allowOrigin) {
      guard let origins = CrossOrigin(text) else {
        throw UsageError(
          "\"--allow-origin\": expected origins such as https://example.org, or *, found \"\(text)\""
        )
      }
      configuration.crossOrigin = origins
    }
    if arguments.has(allowControl) { configuration.mayChangeModels = true }
    configuration.accessLog = try log(arguments, accessLog, STDOUT_FILENO).map(AccessLog.init)
    configuration.eventLog = try log(arguments, eventLog, STDERR_FILENO).map(EventLog.init)
    return configuration
  }

  private static func readTransport(
    _ arguments: Arguments, _ transport: inout TransportConfiguration
  ) throws {
    if let host = arguments.value(of: host) { transport.host = host }
    if let port = try arguments.int(port, in: 0...65535) {
      transport.port = port
    } else if let text = getenv("PORT").map({ String(cString: $0) }), !text.isEmpty {
      guard let port = UInt16(text) else {
        throw UsageError("$PORT: expected a whole number from 0 to 65535, found \"\(text)\"")
      }
      transport.port = Int(port)
    }
    if let count = try arguments.int(maxConnections, in: 1...1_000_000) {
      transport.connectionLimit = count
    }
    if let count = try arguments.int(connectionsPerAddress, in: 1...1_000_000) {
      transport.connectionsPerAddress = count
    }
    if let seconds = try arguments.double(requestTimeout, in: 0.1...86_400) {
      transport.requestSeconds = seconds
    }
  }

  /// What reads the certificates and the key of TLS, if it is to be spoken.
  private static func security(
    _ arguments: Arguments
  ) throws(UsageError) -> (@Sendable () throws(TransportError) -> TransportSecurity)? {
    switch (arguments.value(of: certificate), arguments.value(of: key)) {
    case (let certificate?, let key?):
      return { () throws(TransportError) in
        do throws(Failure) {
          return TransportSecurity(
            certificates: try TextFile.read(certificate, what: "certificates"),
            key: try TextFile.read(key, what: "a key"))
        } catch {
          throw .unreadableSecurity(reason: error.messages.joined(separator: "; "))
        }
      }
    case (nil, nil): return nil
    default: throw UsageError("\"--tls-cert\" and \"--tls-key\" go together")
    }
  }

  private static func readBatching(
    _ arguments: Arguments, _ batching: inout BatchSettings
  ) throws(UsageError) {
    if let count = try arguments.int(maxBatch, in: 1...4096) { batching.largestBatch = count }
    if let delay = try arguments.int(maxDelay, in: 0...10_000_000) {
      batching.delayMicroseconds = delay
    }
    if let count = try arguments.int(maxQueue, in: 1...1_000_000) { batching.queueLimit = count }
    if let time = try arguments.int(timeout, in: 0...86_400_000) {
      batching.timeoutMilliseconds = time
    }
  }

  private static func token(_ arguments: Arguments) throws -> AccessToken? {
    let (text, place): (String, String)
    if let path = arguments.value(of: tokenFile) {
      (text, place) = (try TextFile.read(path, what: "a token"), "\"\(path)\"")
    } else if let value = getenv("KERASKIT_TOKEN").map({ String(cString: $0) }), !value.isEmpty {
      (text, place) = (value, "\"KERASKIT_TOKEN\"")
    } else {
      return nil
    }
    let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
    guard let token = AccessToken(String(trimmed)) else {
      throw Failure(.badFile, "\(place): expected a token of printable characters without spaces")
    }
    return token
  }

  /// The file that an option names, in which `-` stands for `standard`.
  private static func log(
    _ arguments: Arguments, _ option: Option, _ standard: Int32
  ) throws(Failure) -> LogFile? {
    guard let path = arguments.value(of: option) else { return nil }
    if path == "-" { return LogFile(descriptor: standard) }
    do throws(SystemFailure) {
      return try LogFile(path: path)
    } catch {
      throw .badFile(path, "\(error)")
    }
  }
}
