import ModelFormat

/// Tells the server's figures in Prometheus's text format.
package struct MetricsHandler: HTTPHandler {
  private let models: ModelRepository
  private let observer: RequestObserver
  private let connectionCount: @Sendable () -> Int

  /// A handler for the figures of `models` and of the requests that `observer` sees.
  package init(
    _ models: ModelRepository, _ observer: RequestObserver,
    connectionCount: @escaping @Sendable () -> Int
  ) {
    self.models = models
    self.observer = observer
    self.connectionCount = connectionCount
  }

  /// Answers `GET /metrics`.
  package func handle(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    var text = PrometheusText()
    writeRequests(to: &text)
    writeModels(to: &text)
    writeProcess(to: &text)
    return HTTPResponse(
      .ok,
      headers: [
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store",
      ], body: text.bytes)
  }

  private func writeRequests(to text: inout PrometheusText) {
    let figures = observer.figures
    text.family("keraskit_http_requests_total", .counter, "Requests answered.")
    for (key, count) in figures.requests.sorted(by: { $0.key < $1.key }) {
      let labels = [
        ("route", key.route), ("method", key.method), ("code", String(key.status)),
      ]
      text.sample(labels, count)
    }
    text.family(
      "keraskit_http_request_duration_seconds", .histogram, "Time to answer, sending left out.")
    for (route, histogram) in figures.seconds.sorted(by: { $0.key < $1.key }) {
      text.histogram([("route", route)], histogram)
    }
    text.family("keraskit_inflight_requests", .gauge, "Requests that are being answered.")
    text.sample([], figures.inFlight)
    text.family("keraskit_connections", .gauge, "Connections that are open.")
    text.sample([], connectionCount())
  }

  private func writeModels(to text: inout PrometheusText) {
    let versions = models.all.map { ($0, $0.statistics.figures) }
    func each(_ write: (PrometheusText.Labels, ServedVersion, ModelStatistics.Figures) -> Void) {
      for (version, figures) in versions {
        let labels = [
          ("model", version.model.name), ("version", String(version.model.version)),
        ]
        write(labels, version, figures)
      }
    }
    text.family("keraskit_model_info", .gauge, "The file that a model came from.")
    each { labels, version, _ in
      text.sample(labels + [("sha256", version.model.digest)], 1)
    }
    text.family("keraskit_inferences_total", .counter, "Items computed.")
    each { text.sample($0, $2.items) }
    text.family("keraskit_batches_total", .counter, "Batches computed.")
    each { text.sample($0, $2.batches) }
    text.family("keraskit_predictions_failed_total", .counter, "Predictions that failed.")
    each { text.sample($0, $2.failure.count) }
    text.family("keraskit_rejected_total", .counter, "Predictions that were not computed.")
    each { labels, _, figures in
      text.sample(labels + [("reason", "queue_full")], figures.refusals)
      text.sample(labels + [("reason", "client_gone")], figures.abandonments)
      text.sample(labels + [("reason", "timeout")], figures.expirations)
    }
    text.family("keraskit_queue_depth", .gauge, "Predictions that wait.")
    each { labels, version, _ in text.sample(labels, version.queue.count) }
    text.family("keraskit_batch_size", .histogram, "Items that were computed together.")
    each { text.histogram($0, $2.sizes) }
    text.family("keraskit_queue_seconds", .histogram, "Time that predictions waited.")
    each { text.histogram($0, $2.queueSeconds) }
    text.family("keraskit_compute_seconds", .histogram, "Time to compute a batch.")
    each { text.histogram($0, $2.computeSeconds) }
    writeTriton(each, to: &text)
  }

  /// The figures under the names that Triton gives them.
  private func writeTriton(
    _ each: ((PrometheusText.Labels, ServedVersion, ModelStatistics.Figures) -> Void) -> Void,
    to text: inout PrometheusText
  ) {
    typealias Figures = ModelStatistics.Figures
    let counters: [(String, String, (Figures) -> Int)] = [
      ("request_success", "Requests that succeeded.", { $0.success.count }),
      ("request_failure", "Requests that failed.", { $0.failure.count }),
      ("count", "Items computed.", { $0.items }),
      ("exec_count", "Batches computed.", { $0.batches }),
      (
        "request_duration_us", "Time to answer, summed up.",
        { Int($0.success.nanoseconds / 1000) }
      ),
      ("queue_duration_us", "Time of waiting, summed up.", { Int($0.queue.nanoseconds / 1000) }),
      (
        "compute_input_duration_us", "Time of joining inputs, summed up.",
        { Int($0.joining.nanoseconds / 1000) }
      ),
      (
        "compute_infer_duration_us", "Time of computing, summed up.",
        { Int($0.compute.nanoseconds / 1000) }
      ),
      (
        "compute_output_duration_us", "Time of taking outputs apart, summed up.",
        { Int($0.parting.nanoseconds / 1000) }
      ),
    ]
    for (name, help, value) in counters {
      text.family("nv_inference_" + name, .counter, help)
      each { labels, _, figures in text.sample(labels, value(figures)) }
    }
    text.family("nv_inference_pending_request_count", .gauge, "Requests that wait.")
    each { labels, version, _ in text.sample(labels, version.queue.count) }
  }

  private func writeProcess(to text: inout PrometheusText) {
    let process = ProcessFigures()
    text.family("process_resident_memory_bytes", .gauge, "Memory that is in use.")
    text.sample([], process.residentBytes)
    text.family("process_cpu_seconds_total", .counter, "Processor time.")
    text.sample([], process.cpuSeconds)
    text.family("process_open_fds", .gauge, "Files that are open.")
    text.sample([], process.openFiles)
    text.family("process_threads", .gauge, "Threads.")
    text.sample([], process.threads)
    text.family("process_start_time_seconds", .gauge, "When the process began, since 1970.")
    text.sample([], process.startSeconds)
  }
}
