/// A response's status.
package struct HTTPStatus: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The code, as in 404.
  package let code: Int

  /// A status of a code.
  package init(integerLiteral code: Int) {
    self.code = code
  }

  /// The request was answered.
  package static let ok: HTTPStatus = 200
  /// The request was answered; there is nothing to say.
  package static let noContent: HTTPStatus = 204
  /// The client has the answer already.
  package static let notModified: HTTPStatus = 304
  /// The request cannot be understood.
  package static let badRequest: HTTPStatus = 400
  /// The client has not shown the token that the server asks for.
  package static let unauthorized: HTTPStatus = 401
  /// The client may not do this.
  package static let forbidden: HTTPStatus = 403
  /// There is nothing under this path.
  package static let notFound: HTTPStatus = 404
  /// The path does not take this method.
  package static let methodNotAllowed: HTTPStatus = 405
  /// The body has more bytes than are taken.
  package static let contentTooLarge: HTTPStatus = 413
  /// The body is encoded in a way that is not read.
  package static let unsupportedMediaType: HTTPStatus = 415
  /// The client expects what is not offered.
  package static let expectationFailed: HTTPStatus = 417
  /// The server is at fault.
  package static let internalError: HTTPStatus = 500
  /// The request is sound, but not implemented.
  package static let notImplemented: HTTPStatus = 501
  /// The server is too busy or not ready.
  package static let unavailable: HTTPStatus = 503
  /// The answer would have come too late.
  package static let timeout: HTTPStatus = 504
  /// The client went away before it was answered, as nginx numbers it.
  package static let clientClosed: HTTPStatus = 499
}
