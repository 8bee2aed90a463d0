import ModelFormat

/// The poolings that early versions of Keras 2 got wrong on Theano.
enum TheanoPooling {
  /// The option of a layer that is not supported, and why; nil where the pooling is as elsewhere.
  ///
  /// Keras: `pool2d` and `pool3d` of `keras/backend/theano_backend.py` in 2.0.0 to 2.1.5.
  static func refusal(
    of config: [String: JSONValue], className: String, version: KerasVersion
  ) -> (option: String, reason: String)? {
    guard version.isTheano, version.major == 2, config["padding"] == .string("same") else {
      return nil
    }
    let (is3D, size) = (className.hasSuffix("Pooling3D"), config["pool_size"])
    if is3D, size == .int(1) || size?.array?.contains(.int(1)) == true {
      return ("pool_size", "1 with \"same\" on Theano, for which Keras 2 cuts the input's edges")
    }
    let minor = (version.minor, version.patch)
    if ["MaxPooling3D", "AveragePooling3D"].contains(className), minor < (1, 6) {
      return ("padding", "\"same\" on Theano, whose output Keras 2.0 to 2.1.5 does not cut to size")
    }
    if ["AveragePooling1D", "AveragePooling2D"].contains(className), minor < (1, 5) {
      return ("padding", "\"same\" on Theano, whose zeros Keras 2.0 to 2.1.4 counts in the means")
    }
    return nil
  }
}
