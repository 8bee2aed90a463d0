/// Hands requests to the handlers of their routes: some are answered at once, some on a worker.
final class Dispatcher: HTTPService {
  private let router: HTTPRouter
  private let workers: WorkQueue
  private let bodyLimit: Int

  /// A dispatcher for the routes of `router`; bodies without a limit of their route have
  /// `bodyLimit`.
  init(_ router: HTTPRouter, workers: WorkQueue, bodyLimit: Int) {
    self.router = router
    self.workers = workers
    self.bodyLimit = bodyLimit
  }

  func bodyLimit(for head: HTTPRequestHead) -> Int {
    let route = try? router.route(head).0
    return min(route?.bodyLimit ?? bodyLimit, bodyLimit)
  }

  func respond(to request: HTTPRequest, reply: @escaping @Sendable (HTTPResponse) -> Void) {
    do throws(HTTPError) {
      let (route, parameters) = try router.route(request.head)
      var request = request
      request.parameters = parameters
      switch route.place {
      case .connection:
        reply(try route.handler.handle(request))
      case .worker:
        let accepted = workers.submit { [request] in
          reply(Self.answer(request, by: route.handler))
        }
        if !accepted { throw .overloaded }
      }
    } catch {
      reply(error.response)
    }
  }

  private static func answer(_ request: HTTPRequest, by handler: any HTTPHandler) -> HTTPResponse {
    do throws(HTTPError) {
      return try handler.handle(request)
    } catch {
      return error.response
    }
  }
}
