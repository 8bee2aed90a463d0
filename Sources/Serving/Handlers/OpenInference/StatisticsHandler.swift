/// Tells what models have done, as Triton's statistics extension does.
package struct StatisticsHandler: HTTPHandler {
  private let models: ModelRepository

  /// A handler for `models`.
  package init(_ models: ModelRepository) {
    self.models = models
  }

  /// Answers `GET /v2/models/stats` and `GET /v2/models/{model}[/versions/{version}]/stats`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    var versions = models.all
    if let name = request.parameters["model"] {
      let found = try models.find(for: request)
      versions =
        request.parameters["version"] == nil
        ? versions.filter { $0.model.name == name } : [found]
    }
    var json = JSONWriter()
    json.object { json in
      json.member("model_stats") { $0.array(versions) { Self.write($1, to: &$0) } }
    }
    return .json(.ok, json)
  }

  private static func write(_ version: ServedVersion, to json: inout JSONWriter) {
    let figures = version.statistics.figures
    json.object { json in
      json.member("name", version.model.name)
      json.member("version", String(version.model.version))
      json.member("last_inference") { $0.integer(figures.lastMilliseconds) }
      json.member("inference_count") { $0.integer(figures.items) }
      json.member("execution_count") { $0.integer(figures.batches) }
      json.member("inference_stats") {
        $0.object { json in
          let none = ModelStatistics.Total()
          let totals = [
            ("success", figures.success), ("fail", figures.failure), ("queue", figures.queue),
            ("compute_input", figures.joining), ("compute_infer", figures.compute),
            ("compute_output", figures.parting),
            ("cache_hit", none), ("cache_miss", none),
          ]
          for (name, total) in totals { json.member(name) { write(total, to: &$0) } }
        }
      }
      json.member("batch_stats") { json in
        json.array(figures.batchSizes.sorted { $0.key < $1.key }) { json, size in
          json.object { json in
            json.member("batch_size") { $0.integer(size.key) }
            json.member("compute_input") { write(size.value.joining, to: &$0) }
            json.member("compute_infer") { write(size.value.compute, to: &$0) }
            json.member("compute_output") { write(size.value.parting, to: &$0) }
          }
        }
      }
    }
  }

  private static func write(_ total: ModelStatistics.Total, to json: inout JSONWriter) {
    json.object { json in
      json.member("count") { $0.integer(total.count) }
      json.member("ns") { $0.integer(total.nanoseconds) }
    }
  }
}
