import ModelFormat

/// One difference between a file's options and the canonical dialect, and how it goes away.
struct ConfigRule: Sendable {
  /// Rewrites the options in place.
  let apply: @Sendable (inout [String: JSONValue], ConfigNormalizer) -> Void

  /// An option that has another name today.
  static func renamed(_ old: String, to new: String) -> ConfigRule {
    ConfigRule { config, _ in
      guard let value = config.removeValue(forKey: old), config[new] == nil else { return }
      config[new] = value
    }
  }

  /// An option that early versions leave out.
  static func absent(_ key: String, means value: JSONValue) -> ConfigRule {
    ConfigRule { config, _ in
      if config[key] == nil { config[key] = value }
    }
  }

  /// Options that the class inherited in some version and never reads.
  static func unread(_ keys: String...) -> ConfigRule {
    ConfigRule { config, _ in
      for key in keys { config[key] = nil }
    }
  }

  /// Weights that are stored in another form than the class's.
  static func stored(_ form: String) -> ConfigRule {
    ConfigRule { config, normalizer in
      config = StoredForm.adding(form, to: config)
      normalizer.report.note(.weightsConverted(form))
    }
  }

  /// A list of one that stands for its element: `axis: [3]`, `size: [2]`.
  static func scalar(_ key: String) -> ConfigRule {
    ConfigRule { config, _ in
      if let list = config[key]?.array, list.count == 1 { config[key] = list[0] }
    }
  }

  /// A number that stands for a list of as many as there are spatial axes.
  static func vector(_ key: String, rank: Int) -> ConfigRule {
    ConfigRule { config, _ in
      guard let value = config[key], value.int != nil else { return }
      config[key] = .array(Array(repeating: value, count: rank))
    }
  }

  /// Another option's value where this one is null.
  static func null(_ key: String, means other: String) -> ConfigRule {
    ConfigRule { config, _ in
      if config[key] ?? .null == .null { config[key] = config[other] }
    }
  }

  /// Amounts before and after each spatial axis, from all the ways to give them.
  ///
  /// One number is for all, one for each axis or a pair for each axis. The pair of an only axis
  /// stands alone.
  static func pairs(_ key: String, rank: Int) -> ConfigRule {
    ConfigRule { config, _ in
      guard let value = config[key] else { return }
      let perAxis = value.array ?? Array(repeating: value, count: rank)
      if rank == 1 {
        config[key] = value.array == nil ? .array([value, value]) : value
      } else {
        config[key] = .array(perAxis.map { $0.array == nil ? .array([$0, $0]) : $0 })
      }
    }
  }
}

extension ConfigRule {
  /// `clips_left`: what Theano's back end clips at the right of an `SReLU` is the left part too,
  /// which goes up where its slope is below zero.
  static let clippedByTheano = ConfigRule { config, normalizer in
    if normalizer.version.isTheano { config["clips_left"] = .bool(true) }
  }
}

extension ConfigRule {
  /// `keeps_bits`: Keras 2 multiplies whole numbers as such, Keras 3 as floating-point numbers.
  static let wholeProducts = ConfigRule { config, normalizer in
    if normalizer.version.major < 3 { config["keeps_bits"] = .bool(true) }
  }
}

extension ConfigRule {
  /// `equal_zeros`: for Keras before 3.9, -0 is as large as 0.
  static let equalZeros = ConfigRule { config, normalizer in
    let version = (normalizer.version.major, normalizer.version.minor)
    if version < (3, 9) { config["equal_zeros"] = .bool(true) }
  }
}

extension ConfigRule {
  /// `bias_fits_lines`: where Keras takes a bias of one axis that is not the output's last for one
  /// of the last if its length fits.
  static let biasOfEquation = ConfigRule { config, normalizer in
    guard normalizer.version.takesAddendsForBiases, let axes = config["bias_axes"]?.string,
      let last = config["equation"]?.string?.last, axes != String(last)
    else { return }
    config["bias_fits_lines"] = .bool(true)
  }
}
