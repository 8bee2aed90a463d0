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
    "/v2/repository/index": post(
      OpenAPIOperation(
        summary: "The models with their states", id: "repositoryIndex",
        bodies: [
          OpenAPIOperation.jsonType: OpenAPISchema.object([
            "ready": .object(["type": .string("boolean"), "nullable": .bool(true)])
          ])
        ],
        answers: [
          OpenAPIOperation.jsonType: .object([
            "type": .string("array"), "items": .object(["type": .string("object")]),
          ])
        ], errors: [400])),
    "/metrics": .object([
      "get": OpenAPIOperation(
        summary: "Figures for Prometheus", id: "metrics",
        answers: ["text/plain": .object(["type": .string("string")])]
      ).json
    ]),
  ]

  /// The paths of a model.
  static func of(_ model: ServedModel) -> [String: ModelFormat.JSONValue] {
    let name = model.name
    let (v1, v2) = ("/v1/models/\(name)", "/v2/models/\(name)")
    var paths = [
      v1: get("The state of \(name)", "\(name)_status"),
      v1 + "/metadata": get("What \(name) takes and gives", "\(name)_signature"),
      v1 + ":predict": post(predict(model)),
      v2: get("What \(name) takes and gives", "\(name)_metadata"),
      v2 + "/ready": get("Whether \(name) is loaded", "\(name)_ready", errors: [503]),
      v2 + "/config": get("The configuration of \(name)", "\(name)_config"),
      v2 + "/stats": get("What \(name) has done", "\(name)_stats"),
      v2 + "/infer": post(infer(model)),
    ]
    for action in [":classify", ":regress"] where ExamplesResponse.fits(model, action) {
      paths[v1 + action] = post(examples(model, action))
    }
    return paths
  }

  private static func predict(_ model: ServedModel) -> OpenAPIOperation {
    var bodies = OpenAPISchema.pictures(for: model)
    bodies[OpenAPIOperation.jsonType] = OpenAPISchema.predict(model)
    return OpenAPIOperation(
      summary: "Predict with \(model.name)", id: "\(model.name)_predict", bodies: bodies,
      needsBody: true, answers: [OpenAPIOperation.jsonType: .object(["type": .string("object")])],
      errors: [400, 503, 504])
  }

  private static func examples(_ model: ServedModel, _ action: String) -> OpenAPIOperation {
    let verb = action.dropFirst()
    var bodies = OpenAPISchema.pictures(for: model)
    bodies[OpenAPIOperation.jsonType] = OpenAPISchema.examples(model)
    return OpenAPIOperation(
      summary: "\(verb.prefix(1).uppercased() + verb.dropFirst()) with \(model.name)",
      id: "\(model.name)_\(verb)", bodies: bodies, needsBody: true,
      answers: [OpenAPIOperation.jsonType: OpenAPISchema.results(action)],
      errors: [400, 503, 504])
  }

  private static func infer(_ model: ServedModel) -> OpenAPIOperation {
    var bodies = OpenAPISchema.pictures(for: model)
    bodies[OpenAPIOperation.jsonType] = OpenAPISchema.infer(model)
    bodies["application/octet-stream"] = OpenAPISchema.binary(
      "JSON of Inference-Header-Content-Length bytes, and the bytes of the tensors that it gives a "
        + "binary_data_size; where that length is 0, the bytes of the only input")
    return OpenAPIOperation(
      summary: "Infer with \(model.name)", id: "\(model.name)_infer",
      headers: ["Inference-Header-Content-Length": OpenAPISchema.headerLength],
      bodies: bodies, needsBody: true,
      answers: [
        OpenAPIOperation.jsonType: OpenAPISchema.inferred(model),
        "application/octet-stream": OpenAPISchema.binary(
          "JSON of Inference-Header-Content-Length bytes, and the bytes of the tensors that it "
            + "gives a binary_data_size"),
      ],
      answerHeaders: ["Inference-Header-Content-Length": OpenAPISchema.headerLength],
      errors: [400, 503, 504])
  }

  private static func post(_ operation: OpenAPIOperation) -> ModelFormat.JSONValue {
    .object(["post": operation.json])
  }

  private static func get(_ summary: String, _ id: String, errors: [Int] = [])
    -> ModelFormat.JSONValue
  {
    .object([
      "get": OpenAPIOperation(
        summary: summary, id: id,
        answers: [OpenAPIOperation.jsonType: .object(["type": .string("object")])], errors: errors
      ).json
    ])
  }
}
