import Foundation

extension Process {
  /// Asks the process to stop, waits until it has, and gives its exit status.
  ///
  /// `waitUntilExit` never returns on a thread other than the one that started the process.
  @discardableResult
  func end() -> Int32 {
    if isRunning { terminate() }
    while isRunning { Thread.sleep(forTimeInterval: 0.01) }
    return terminationReason == .exit ? terminationStatus : -1
  }
}
