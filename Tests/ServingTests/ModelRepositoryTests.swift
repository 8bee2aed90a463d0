import Inference
import Serving
import Synchronization
import Tensors
import Testing

@Suite("Model repository")
struct ModelRepositoryTests {
  /// Versions that a test changes; a version whose stamp is "broken" cannot be read.
  private final class Versions: ModelSource {
    let name = "half"
    let labels = ["stable": 1]
    let policy = VersionPolicy.all
    let path = Mutex("/models/half")
    let stamps = Mutex<[Int: String]>([1: "a"])

    var configuration: String { path.withLock { $0 } }

    func versions() throws(ModelSourceError) -> [Int: String] {
      let stamps = stamps.withLock { $0 }
      if stamps.isEmpty { throw ModelSourceError("the folder is gone") }
      return stamps
    }

    func load(_ version: Int) throws(ModelSourceError) -> ServedModel {
      let stamp = stamps.withLock { $0[version] ?? "broken" }
      if stamp == "broken" { throw ModelSourceError("version \(version) is broken") }
      return ServedModel(
        name: name, version: version, inputs: StubModels.half.inputs,
        outputs: StubModels.half.outputs, digest: stamp, predict: StubModels.half.predict)
    }
  }

  private let source = Versions()
  private let repository: ModelRepository
  private let router: HTTPRouter

  init() {
    let source = source
    let repository = ModelRepository { () throws(ModelSourceError) in [source] }
    self.repository = repository
    let handler = RepositoryHandler(repository, mayChange: true)
    let metrics = MetricsHandler(repository, RequestObserver(), connectionCount: { 3 })
    router = HTTPRouter([
      HTTPRoute("POST", "/v2/repository/index", on: .connection, handler),
      HTTPRoute("POST", "/v2/repository/models/{model}/load", on: .background, handler),
      HTTPRoute("POST", "/v2/repository/models/{model}/unload", on: .background, handler),
      HTTPRoute("GET", "/metrics", on: .connection, metrics),
      HTTPRoute("POST", "/v1/*", on: .worker, TensorFlowPredictionHandler(repository)),
      HTTPRoute("GET", "/v1/*", on: .connection, TensorFlowServingHandler(repository)),
    ])
    #expect(repository.reload() == [])
  }

  private func post(_ path: String, _ body: String = "") -> HTTPResponse {
    router.respond(HTTPRequest("POST", path, body: body.utf8))
  }

  private func predict(_ version: String = "") -> Int {
    post("/v1/models/half\(version):predict", #"{"instances":[[1,2]]}"#).status.code
  }

  private func state(_ version: Int) -> String {
    router.respond(HTTPRequest("GET", "/v1/models/half/versions/\(version)")).text
  }

  @Test("serves the newest version, and others by number and label")
  func versions() {
    source.stamps.withLock { $0[3] = "c" }
    #expect(predict("/versions/3") == 404)
    #expect(post("/v2/repository/models/half/load").status == .ok)
    #expect(predict() == 200)
    #expect(predict("/versions/3") == 200)
    #expect(predict("/versions/1") == 200)
    #expect(predict("/labels/stable") == 200)
    #expect(predict("/versions/2") == 404)
    #expect(predict("/labels/canary") == 400)
    #expect(
      post("/v2/repository/index").text
        == #"[{"name":"half","version":"1","state":"READY","reason":""},"#
        + #"{"name":"half","version":"3","state":"READY","reason":""}]"#)
    source.stamps.withLock { $0[1] = nil }
    #expect(repository.reload() == [])
    #expect(predict("/versions/1") == 404)
    #expect(predict() == 200)
  }

  @Test("keeps what is there where the new cannot be read")
  func failedReload() {
    source.stamps.withLock { $0[1] = "broken" }
    #expect(repository.reload() == [#"model "half": version 1 is broken"#])
    #expect(predict() == 200)
    let response = post("/v2/repository/models/half/load")
    #expect(response.status == .badRequest)
    #expect(response.text == #"{"error":"model \"half\": version 1 is broken"}"#)

    source.stamps.withLock { $0 = [2: "broken"] }
    #expect(repository.reload() == [#"model "half": version 2 is broken"#])
    #expect(predict() == 200)
    #expect(state(2).contains(#""state":"END""#))
    #expect(state(2).contains(#""error_code":"UNKNOWN","error_message":"version 2 is broken""#))

    source.stamps.withLock { $0 = [:] }
    #expect(repository.reload() == [#"model "half": the folder is gone"#])
    #expect(predict() == 200)
  }

  @Test("forgets a version that could not be read once it is there no more")
  func failureThatIsGone() {
    source.stamps.withLock { $0[2] = "broken" }
    #expect(repository.reload().count == 1)
    #expect(state(2).contains(#""state":"END""#))
    source.stamps.withLock { $0[2] = nil }
    #expect(repository.reload() == [])
    #expect(state(2).contains("Could not find version 2"))
    #expect(
      post("/v2/repository/index").text
        == #"[{"name":"half","version":"1","state":"READY","reason":""}]"#)
  }

  @Test("drops a model and reads it again")
  func unload() {
    #expect(post("/v2/repository/models/half/unload").status == .ok)
    #expect(predict() == 404)
    #expect(
      post("/v2/repository/index").text
        == #"[{"name":"half","version":"1","state":"UNAVAILABLE","reason":"unloaded"}]"#)
    #expect(post("/v2/repository/index", #"{"ready":true}"#).text == "[]")
    #expect(post("/v2/repository/models/half/load", "{}").status == .ok)
    #expect(predict() == 200)
    #expect(post("/v2/repository/models/none/load").status == .badRequest)
    #expect(post("/v2/repository/models/none/unload").status == .badRequest)
  }

  @Test("leaves a model away that a client dropped, until it is loaded or configured anew")
  func droppedModel() {
    #expect(post("/v2/repository/models/half/unload").status == .ok)
    source.stamps.withLock { $0[2] = "b" }
    #expect(repository.reload() == [])
    #expect(predict() == 404)
    #expect(post("/v2/repository/index", #"{"ready":true}"#).text == "[]")
    #expect(post("/v2/repository/models/half/load").status == .ok)
    #expect(predict("/versions/2") == 200)

    #expect(post("/v2/repository/models/half/unload").status == .ok)
    source.path.withLock { $0 = "/models/other" }
    #expect(repository.reload() == [])
    #expect(predict() == 200)
  }

  @Test("takes neither a configuration nor files from clients")
  func overrides() {
    for key in ["config", "file:1/model.safetensors"] {
      let response = post(
        "/v2/repository/models/half/load", #"{"parameters":{"\#(key)":"x"}}"#)
      #expect(response.status == .badRequest)
    }
    let closed = RepositoryHandler(repository, mayChange: false)
    var request = HTTPRequest("POST", "/v2/repository/models/half/unload")
    request.parameters = ["model": "half"]
    #expect(closed.respond(request).status == .forbidden)
    #expect(predict() == 200)
  }

  @Test("tells figures in Prometheus's format")
  func metrics() {
    let text = router.respond(HTTPRequest("GET", "/metrics")).text
    #expect(text.contains("keraskit_model_info{model=\"half\",version=\"1\",sha256=\"a\"} 1\n"))
    #expect(text.contains("\nkeraskit_connections 3\n"))
    #expect(
      text.contains("keraskit_queue_seconds_bucket{model=\"half\",version=\"1\",le=\"+Inf\"} 0\n"))
    #expect(text.hasSuffix("\n"))
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      #expect(line.wholeMatch(of: #/[a-z_]+(\{[^}]*\})? [-+0-9.eE]+/#) != nil, "\(line)")
    }
  }
}
