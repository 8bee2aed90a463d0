/// The models that are served, all their versions, which are read anew while requests go on.
///
/// A request keeps the version that it has found, so that it is answered by it even where another
/// has taken its place meanwhile. A version that cannot be read leaves the one that is there.
///
/// A model that a client has dropped stays away until a client loads it, or until the configuration
/// asks for it in another way: reading all models anew does not bring it back.
package final class ModelRepository: Sendable {
  private struct Entry {
    var source: any ModelSource
    var versions: [Int: ServedVersion] = [:]
    var statuses: [Int: VersionStatus] = [:]
    /// The configuration of the model that a client has dropped.
    var dropped: String?

    var isDropped: Bool { dropped == source.configuration }
  }

  private struct State {
    var names: [String] = []
    var entries: [String: Entry] = [:]
  }

  private let state = Monitor(State())
  private let find: @Sendable () throws(ModelSourceError) -> [any ModelSource]
  /// Held while something is read, so that two readings do not mix; the value is of no account.
  private let reading = Monitor(0)

  /// A repository of the models that `find` finds, under names that differ, which are yet to be
  /// loaded; it is asked again whenever all are read anew.
  package init(
    _ find: @escaping @Sendable () throws(ModelSourceError) -> [any ModelSource]
  ) {
    self.find = find
  }

  /// A repository of models that are there.
  package convenience init(_ models: [ServedModel]) {
    let sources = models.map { FixedModelSource(model: $0) }
    self.init { () throws(ModelSourceError) in sources }
    _ = reload()
  }

  // MARK: - Finding

  /// The names of all models, loaded or not, in order.
  var names: [String] { state.withLock { $0.names } }

  /// The newest version of each model that has one, in order.
  var latest: [ServedVersion] {
    state.withLock { state in
      state.names.compactMap { name in
        state.entries[name]?.versions.max { $0.key < $1.key }?.value
      }
    }
  }

  /// Every version that is loaded, in order.
  var all: [ServedVersion] {
    state.withLock { state in
      state.names.flatMap { name in
        (state.entries[name]?.versions ?? [:]).sorted { $0.key < $1.key }.map(\.value)
      }
    }
  }

  /// A version that is loaded.
  func find(_ name: String, _ choice: VersionChoice = .latest) throws(RepositoryError)
    -> ServedVersion
  {
    guard let entry = state.withLock({ $0.entries[name] }) else { throw .unknownModel }
    switch choice {
    case .latest:
      guard let latest = entry.versions.max(by: { $0.key < $1.key }) else { throw .notLoaded }
      return latest.value
    case .number(let number):
      guard let version = entry.versions[number] else { throw .unknownVersion(number) }
      return version
    case .label(let label):
      guard let number = entry.source.labels[label] else { throw .unknownLabel(label) }
      guard let version = entry.versions[number] else { throw .unknownVersion(number) }
      return version
    }
  }

  /// What has become of each version of a model, the newest first; nil where there is no such model.
  func statuses(of name: String) -> [VersionStatus]? {
    state.withLock { state in
      state.entries[name].map { entry in
        entry.statuses.values.sorted { $0.version > $1.version }
      }
    }
  }

  /// Which versions of a model are served; nil where there is no such model.
  func policy(of name: String) -> VersionPolicy? {
    state.withLock { $0.entries[name]?.source.policy }
  }

  // MARK: - Loading

  /// Reads what is new or has changed and drops what is gone, but for models that clients have
  /// dropped; gives what could not be read, in one line each.
  package func reload() -> [String] {
    do throws(ModelSourceError) {
      try findSources()
    } catch {
      return [error.description]
    }
    return names.flatMap { name -> [String] in
      do throws(RepositoryError) {
        try readAnew(name, isWanted: false)
        return []
      } catch {
        return error.messages(for: name)
      }
    }
  }

  /// Looks which models there are.
  private func findSources() throws(ModelSourceError) {
    let result = reading.withLock { _ in
      Result { () throws(ModelSourceError) in
        let sources = try find()
        state.withLock { state in
          var entries: [String: Entry] = [:]
          for source in sources {
            var entry = state.entries[source.name] ?? Entry(source: source)
            entry.source = source
            entries[source.name] = entry
          }
          state = State(names: sources.map(\.name), entries: entries)
        }
      }
    }
    try result.get()
  }

  /// Reads the versions of a model that are new or have changed, and drops those that are gone.
  ///
  /// A model that is not known may have come since models were last looked for.
  func load(_ name: String) throws(RepositoryError) {
    if state.withLock({ $0.entries[name] }) == nil { try? findSources() }
    try readAnew(name, isWanted: true)
  }

  /// Reads a model anew; one that a client has dropped only where it is wanted again.
  private func readAnew(_ name: String, isWanted: Bool) throws(RepositoryError) {
    let result = reading.withLock { _ in
      Result { () throws(RepositoryError) in
        if isWanted { update(name) { $0.dropped = nil } }
        guard state.withLock({ $0.entries[name]?.isDropped }) != true else { return }
        try read(name)
      }
    }
    try result.get()
  }

  /// Drops all versions of a model, until it is loaded again.
  func unload(_ name: String) throws(RepositoryError) {
    let isKnown = reading.withLock { _ in
      update(name) { entry in
        entry.versions = [:]
        entry.dropped = entry.source.configuration
        for number in entry.statuses.keys {
          entry.statuses[number] = VersionStatus(
            version: number, state: .end, reason: VersionStatus.unloaded)
        }
      }
    }
    guard isKnown else { throw .unknownModel }
  }

  private func read(_ name: String) throws(RepositoryError) {
    guard let entry = state.withLock({ $0.entries[name] }) else { throw .unknownModel }
    let wanted: [Int: String]
    do throws(ModelSourceError) {
      wanted = try entry.source.versions()
    } catch {
      throw .unreadable([error.description])
    }
    var failures: [String] = []
    for (number, stamp) in wanted.sorted(by: { $0.key < $1.key }) {
      let old = entry.versions[number]
      if let old, old.stamp == stamp { continue }
      if let failure = read(number, stamp, of: entry, replacing: old) { failures.append(failure) }
    }
    update(name) { entry in
      // What could not be read, and is no longer to be.
      entry.statuses = entry.statuses.filter {
        wanted[$0.key] != nil || entry.versions[$0.key] != nil
      }
      let gone = entry.versions.keys.filter { wanted[$0] == nil }
      // The only versions there are stay where nothing that is to replace them can be read.
      guard gone.count < entry.versions.count else { return }
      for number in gone {
        entry.versions[number] = nil
        entry.statuses[number] = nil
      }
    }
    if !failures.isEmpty { throw .unreadable(failures) }
  }

  /// Reads one version; gives the reason where it cannot be read.
  private func read(
    _ number: Int, _ stamp: String, of entry: Entry, replacing old: ServedVersion?
  ) -> String? {
    let name = entry.source.name
    if old == nil {
      update(name) { $0.statuses[number] = VersionStatus(version: number, state: .loading) }
    }
    do throws(ModelSourceError) {
      let model = try entry.source.load(number)
      let version = ServedVersion(
        model, stamp: stamp, statistics: old?.statistics ?? ModelStatistics())
      update(name) { entry in
        entry.versions[number] = version
        entry.statuses[number] = VersionStatus(version: number, state: .available)
      }
      return nil
    } catch {
      if old == nil {
        update(name) { entry in
          entry.statuses[number] = VersionStatus(
            version: number, state: .end, reason: error.description)
        }
      }
      return error.description
    }
  }

  /// Changes a model's entry, if there is one; false where there is none.
  @discardableResult
  private func update(_ name: String, _ body: (inout Entry) -> Void) -> Bool {
    state.withLock { state in
      guard var entry = state.entries[name] else { return false }
      body(&entry)
      state.entries[name] = entry
      return true
    }
  }
}
