import Tensors

/// Hands requests to the handlers of their routes: some are answered at once, some on a worker.
final class Dispatcher: HTTPService {
  /// A request to predict with a body of at most this many bytes is read on its connection's thread:
  /// that takes less time than to hand it on.
  ///
  /// Pictures are not, a few bytes of which may be millions of pixels, nor what is compressed.
  private static let quickBody = 32 << 10
  /// An answer of at most this many bytes is not counted: as many as there can be connections do no
  /// harm.
  private static let smallAnswer = 16 << 10

  private let router: HTTPRouter
  private let workers: WorkQueue
  private let background: WorkQueue
  private let scheduler: PredictionScheduler
  private let observer: RequestObserver
  private let token: AccessToken?
  private let crossOrigin: CrossOrigin?
  private let bodyLimit: Int
  /// What is held of bodies that came compressed, until they are answered; few bytes become many.
  private let unpacked: ByteBudget
  /// What is held of answers, until clients have taken them, which they may do slowly.
  private let answers: ByteBudget

  /// A dispatcher for the routes of `router`.
  init(
    _ router: HTTPRouter, workers: WorkQueue, background: WorkQueue,
    _ configuration: ServerConfiguration, _ observer: RequestObserver
  ) {
    self.router = router
    self.workers = workers
    self.background = background
    self.observer = observer
    scheduler = PredictionScheduler(workers, configuration.batching)
    token = configuration.token
    crossOrigin = configuration.crossOrigin
    bodyLimit = configuration.bodyLimit
    unpacked = ByteBudget(limit: configuration.transport.bodyBudget)
    answers = ByteBudget(limit: configuration.transport.bodyBudget)
  }

  func admit(
    _ head: HTTPRequestHead, known: HTTPRouter.Match?
  ) throws(HTTPError) -> HTTPAdmission {
    let match = if let known { known } else { try? router.route(head) }
    let isPublic = match?.route.isPublic ?? crossOrigin?.isPreflight(head) ?? false
    if let token, !isPublic {
      do throws(HTTPError) {
        try token.check(head.headers)
      } catch {
        var error = error
        for field in crossOrigin?.headers(for: head).fields ?? [] {
          error.headers.add(field.name, field.value)
        }
        throw error
      }
    }
    // Who asks before sending a body is told that there is nothing to send it to.
    if match == nil, !isPublic, head.headers["Expect"] != nil { _ = try router.route(head) }
    return HTTPAdmission(
      bodyLimit: min(match?.route.bodyLimit ?? bodyLimit, bodyLimit), match: match)
  }

  func refused(_ head: HTTPRequestHead, with error: HTTPError) {
    observer.begin(head, route: try? router.route(head).route).end(error.response)
  }

  func refused(_ status: HTTPStatus) { observer.count(status) }

  func respond(to request: HTTPRequest, reply: @escaping @Sendable (HTTPResponse) -> Void) {
    guard let crossOrigin else { return dispatch(request, reply: reply) }
    let headers = crossOrigin.headers(for: request.head)
    let marked: @Sendable (HTTPResponse) -> Void = { response in
      var response = response
      for field in headers.fields { response.headers.add(field.name, field.value) }
      reply(response)
    }
    guard !crossOrigin.isPreflight(request.head) else {
      let response = crossOrigin.preflight(request.head)
      observer.begin(request.head, route: nil).end(response)
      return marked(response)
    }
    dispatch(request, reply: marked)
  }

  private func dispatch(
    _ request: HTTPRequest, reply: @escaping @Sendable (HTTPResponse) -> Void
  ) {
    do throws(HTTPError) {
      let match = if let known = request.match { known } else { try router.route(request.head) }
      let observation = observer.begin(request.head, route: match.route)
      var request = request
      request.parameters = match.parameters
      // What is answered at once is never refused: figures are wanted most where it is crowded.
      let budget = match.route.place == .connection ? nil : answers
      answer(request, by: match.route) { response in
        let response = Self.held(response, by: budget)
        observation.end(response)
        reply(response)
      }
    } catch {
      observer.begin(request.head, route: nil).end(error.response)
      reply(error.response)
    }
  }

  /// A response whose bytes are counted, or that the server is busy where too many are held.
  private static func held(_ response: HTTPResponse, by budget: ByteBudget?) -> HTTPResponse {
    guard let budget, response.body.count > smallAnswer else { return response }
    guard let lease = budget.lease(response.body.count) else {
      return HTTPError.overloaded.response
    }
    var response = response
    response.lease = lease
    return response
  }

  private func answer(
    _ request: HTTPRequest, by route: HTTPRoute, reply: @escaping @Sendable (HTTPResponse) -> Void
  ) {
    if let handler = route.handler as? any PredictionHandler {
      guard
        request.body.bytes.count > Self.quickBody || route.bodyLimit != nil
          || request.isPicture || request.isEncoded
      else { return predict(request, by: handler, reply: reply) }
      return read(request, by: handler, reply: reply)
    }
    let answer: @Sendable () -> Void = { [bodyLimit] in
      reply(Self.answer(request, by: route.handler, bodyLimit))
    }
    let isAccepted =
      switch route.place {
      case .connection:
        {
          answer()
          return true
        }()
      case .worker: workers.submit(answer)
      case .background: background.submit(answer)
      }
    if !isAccepted { reply(HTTPError.overloaded.response) }
  }

  /// Has a worker read what takes longer to read, for which a place is kept meanwhile.
  private func read(
    _ request: HTTPRequest, by handler: any PredictionHandler,
    reply: @escaping @Sendable (HTTPResponse) -> Void
  ) {
    do throws(HTTPError) {
      let version = try handler.version(for: request)
      try scheduler.keepPlace(for: version)
      let isAccepted = workers.submit { [self] in
        predict(request, by: handler, placeAt: version, reply: reply)
      }
      guard isAccepted else {
        version.queue.giveUpPlace()
        throw .overloaded
      }
    } catch {
      reply(error.response)
    }
  }

  /// Reads a request and hands it to its model; `placeAt` is where a place is kept for it.
  private func predict(
    _ request: HTTPRequest, by handler: any PredictionHandler, placeAt kept: ServedVersion? = nil,
    reply: @escaping @Sendable (HTTPResponse) -> Void
  ) {
    var kept = kept
    do throws(HTTPError) {
      let (body, lease) = try unpack(request)
      let prediction = try handler.prediction(for: body)
      let hasPlace = kept === prediction.version
      // Another version may have come in the place of that which was to answer.
      if !hasPlace { kept?.queue.giveUpPlace() }
      kept = nil
      try scheduler.submit(
        prediction.inputs, to: prediction.version,
        timeoutMicroseconds: prediction.timeoutMicroseconds, hasPlace: hasPlace,
        isAbandoned: request.isAbandoned
      ) { outputs in
        withExtendedLifetime(lease) { reply(Self.response(to: prediction, outputs)) }
      }
    } catch {
      kept?.queue.giveUpPlace()
      reply(error.response)
    }
  }

  /// The request with its body decompressed, and what is held for that.
  private func unpack(
    _ request: HTTPRequest
  ) throws(HTTPError) -> (HTTPRequest, ByteBudget.Lease?) {
    guard request.isEncoded else { return (request, nil) }
    let left = unpacked.left
    do throws(HTTPError) {
      let body = try request.decoded(limit: min(left, bodyLimit))
      guard let lease = unpacked.lease(body.body.bytes.count) else { throw .overloaded }
      return (body, lease)
    } catch {
      // It is not too large at another time.
      throw error.status == .contentTooLarge && left < bodyLimit ? .overloaded : error
    }
  }

  private static func response(
    to prediction: RequestedPrediction, _ outputs: Result<[Tensor], HTTPError>
  ) -> HTTPResponse {
    do throws(HTTPError) {
      return try prediction.respond(try outputs.get())
    } catch {
      return error.response
    }
  }

  private static func answer(
    _ request: HTTPRequest, by handler: any HTTPHandler, _ bodyLimit: Int
  ) -> HTTPResponse {
    do throws(HTTPError) {
      return try handler.handle(try request.decoded(limit: bodyLimit))
    } catch {
      return error.response
    }
  }
}
