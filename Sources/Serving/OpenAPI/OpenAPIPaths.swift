import ModelFormat

/// The paths of the interface and what can be done under each.
enum OpenAPIPaths {
  /// The paths that are there whatever the models.
  static let server: [String: ModelFormat.JSONValue] = [
    "/v2": get("The server", "serverMetadata"),
    "/v2/health/live": get("Whether the server runs", "live"),
    "/v2/health/ready": get("Whether the server takes requests", "ready", errors: [503]),
    "/v2/models": get("The models", "models"),
    "/v2/models/stats": get("What all models have done", "statistics"),
    "/v2/repository/index": .object([
      "post": operation(
        "The models with their states", "repositoryIndex",
        body: OpenAPISchema.object(["ready": .object(["type": .string("boolean")])]),
        answer: .object([
          "type": .string("array"), "items": .object(["type": .string("object")]),
        ]), errors: [400])
    ]),
    "/metrics": .object([
      "get": .object([
        "summary": .string("Figures for Prometheus"), "operationId": .string("metrics"),
        "responses": .object([
          "200": .object([
            "description": .string("Prometheus's text format"),
            "content": .object([
              "text/plain": .object(["schema": .object(["type": .string("string")])])
            ]),
          ])
        ]),
      ])
    ]),
  ]

  /// The paths of a model.
  static func of(_ model: ServedModel) -> [String: ModelFormat.JSONValue] {
    let name = model.name
    let (v1, v2) = ("/v1/models/\(name)", "/v2/models/\(name)")
    return [
      v1: get("The state of \(name)", "\(name)_status"),
      v1 + "/metadata": get("What \(name) takes and gives", "\(name)_signature"),
      v1 + ":predict": .object([
        "post": operation(
          "Predict with \(name)", "\(name)_predict", body: OpenAPISchema.predict(model),
          isRequired: true, answer: .object(["type": .string("object")]), errors: [400, 503, 504])
      ]),
      v2: get("What \(name) takes and gives", "\(name)_metadata"),
      v2 + "/ready": get("Whether \(name) is loaded", "\(name)_ready", errors: [503]),
      v2 + "/config": get("The configuration of \(name)", "\(name)_config"),
      v2 + "/stats": get("What \(name) has done", "\(name)_stats"),
      v2 + "/infer": .object([
        "post": operation(
          "Infer with \(name)", "\(name)_infer", body: OpenAPISchema.infer(model),
          isRequired: true, answer: OpenAPISchema.inferred(model), errors: [400, 503, 504])
      ]),
    ]
  }

  private static func get(_ summary: String, _ id: String, errors: [Int] = [])
    -> ModelFormat.JSONValue
  {
    .object([
      "get": operation(
        summary, id, answer: .object(["type": .string("object")]), errors: errors)
    ])
  }

  private static func operation(
    _ summary: String, _ id: String, body: ModelFormat.JSONValue? = nil, isRequired: Bool = false,
    answer: ModelFormat.JSONValue, errors: [Int]
  ) -> ModelFormat.JSONValue {
    var responses = ["200": response("The answer", answer)]
    for status in errors {
      let schema: ModelFormat.JSONValue = .object(["$ref": .string("#/components/schemas/Error")])
      // Whether it is ready is told in the answer's own form.
      responses[String(status)] = response(
        "Why there is none",
        status == 503 && body == nil
          ? answer : schema)
    }
    var operation: [String: ModelFormat.JSONValue] = [
      "summary": .string(summary), "operationId": .string(id), "responses": .object(responses),
    ]
    if let body {
      operation["requestBody"] = .object([
        "required": .bool(isRequired),
        "content": .object(["application/json": .object(["schema": body])]),
      ])
    }
    return .object(operation)
  }

  private static func response(_ description: String, _ schema: ModelFormat.JSONValue)
    -> ModelFormat.JSONValue
  {
    .object([
      "description": .string(description),
      "content": .object(["application/json": .object(["schema": schema])]),
    ])
  }
}
