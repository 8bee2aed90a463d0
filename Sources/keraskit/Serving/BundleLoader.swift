import Inference
import Serving

/// Reads bundles to serve, checks them whole, and has them compute once, so that no client waits for
/// what the first prediction prepares.
struct BundleLoader {
  /// The threads that one prediction may use; nil for as many as pay.
  var threads: Int?
  /// Whether to leave out methods that round more than Keras's own.
  var isExact = false
  /// The most items that are computed together.
  var largestBatch: Int

  /// A model that takes less time than this is computed by one thread: others serve other clients.
  private static let smallModelSeconds = 0.002
  /// Larger batches are no longer tried beforehand when this much time is over.
  private static let warmUpSeconds = 0.5

  /// The bundle at `path` as a version of a model.
  ///
  /// A server takes nothing but bundles: it is to run for long, and never parses foreign formats.
  func load(_ path: String, name: String, version: Int) throws(ModelSourceError) -> ServedModel {
    do {
      guard try FileKind.of(path) == .safetensors else {
        throw Failure.badFile(path, "expected a bundle to serve; \"keraskit convert\" makes one")
      }
      let file = try ModelFile(path: path, isHashed: true)
      var model = try file.model(threads: threads ?? 1, exact: isExact)
      if threads == nil, Self.seconds(model, batch: 1) > Self.smallModelSeconds {
        model = try file.model(exact: isExact)
      }
      let served = ServedModel(name: name, version: version, model)
      warmUp(model, upTo: served.isBatchable ? largestBatch : 1)
      return served
    } catch {
      throw ModelSourceError(Failure(error).messages.joined(separator: "; "))
    }
  }

  /// Has the model compute batches of each size that requests are joined to.
  private func warmUp(_ model: Model, upTo largest: Int) {
    let start = Stopwatch()
    var batch = 1
    while batch <= largest, start.seconds < Self.warmUpSeconds {
      _ = Self.seconds(model, batch: batch)
      batch *= 2
    }
  }

  /// The time of a second prediction; one that fails on made-up numbers may do well on a client's.
  private static func seconds(_ model: Model, batch: Int) -> Double {
    guard let inputs = try? MadeUpInputs.make(for: model, batch: batch),
      (try? model.predict(inputs)) != nil
    else { return 0 }
    let watch = Stopwatch()
    _ = try? model.predict(inputs)
    return watch.seconds
  }
}
