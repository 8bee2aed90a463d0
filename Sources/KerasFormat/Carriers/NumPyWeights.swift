import ModelFormat
import Tensors

/// The weights in NumPy's arrays, one for each object that a model is made of:
/// `layers/dense_1.npy` holds a dictionary of Keras's variables by their numbers.
///
/// NumPy keeps a dictionary as a pickle, of which only what holds numbers is read: see ``Pickle``.
enum NumPyWeights {
  private static let root = "__root__"
  private static let longestPath = 64

  /// The weights in an archive of arrays.
  static func store(_ files: ZippedFiles) throws(ModelProblem) -> WeightStore {
    var store = WeightStore()
    for file in files.names where file.hasSuffix(".npy") {
      let path = file.dropLast(4).split(separator: "/")
      guard path.count <= longestPath else {
        throw ModelProblem(.invalid, option: file, reason: "a path of \(path.count) parts")
      }
      let weights: [String: Tensor]
      do {
        weights = try PickledWeights.weights(inNumPyFile: try files.data(of: file))
      } catch let error as PickleError {
        throw ModelProblem(error.kind, option: file, reason: error.reason)
      } catch {
        throw error as? ModelProblem ?? ModelProblem(.invalid, option: file, reason: "\(error)")
      }
      store.add(weights, at: path == [Substring(root)] ? [] : path[...])
    }
    return store
  }
}
