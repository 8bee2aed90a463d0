import ModelFormat

/// What can be done under a path: what is sent, and what is answered.
struct OpenAPIOperation {
  /// The type of JSON's bodies.
  static let jsonType = "application/json"

  /// What it does, in a few words.
  var summary: String
  /// Its name, which no other has.
  var id: String
  /// Header fields that go with the body, with their schemas.
  var headers: [String: ModelFormat.JSONValue] = [:]
  /// What may be sent, by its type; empty where nothing is.
  var bodies: [String: ModelFormat.JSONValue] = [:]
  /// Whether something must be sent.
  var needsBody = false
  /// What is answered, by its type.
  var answers: [String: ModelFormat.JSONValue]
  /// Header fields of an answer.
  var answerHeaders: [String: ModelFormat.JSONValue] = [:]
  /// The statuses of errors.
  var errors: [Int] = []

  /// The operation as OpenAPI writes it.
  var json: ModelFormat.JSONValue {
    var responses = ["200": response("The answer", answers, answerHeaders)]
    for status in errors {
      // Whether something is ready is told in the answer's own form.
      let isState = status == 503 && bodies.isEmpty
      responses[String(status)] = response(
        "Why there is none", isState ? answers : [Self.jsonType: OpenAPISchema.error])
    }
    var operation: [String: ModelFormat.JSONValue] = [
      "summary": .string(summary), "operationId": .string(id), "responses": .object(responses),
    ]
    if !headers.isEmpty {
      operation["parameters"] = .array(
        headers.sorted { $0.key < $1.key }.map { name, schema in
          .object([
            "name": .string(name), "in": .string("header"), "required": .bool(false),
            "schema": schema,
          ])
        })
    }
    if !bodies.isEmpty {
      operation["requestBody"] = .object([
        "required": .bool(needsBody), "content": Self.content(bodies),
      ])
    }
    return .object(operation)
  }

  private func response(
    _ description: String, _ bodies: [String: ModelFormat.JSONValue],
    _ headers: [String: ModelFormat.JSONValue] = [:]
  ) -> ModelFormat.JSONValue {
    var response: [String: ModelFormat.JSONValue] = [
      "description": .string(description), "content": Self.content(bodies),
    ]
    if !headers.isEmpty { response["headers"] = .object(headers.mapValues(Self.schema)) }
    return .object(response)
  }

  private static func content(
    _ bodies: [String: ModelFormat.JSONValue]
  ) -> ModelFormat.JSONValue {
    .object(bodies.mapValues(schema))
  }

  private static func schema(_ schema: ModelFormat.JSONValue) -> ModelFormat.JSONValue {
    .object(["schema": schema])
  }
}
