import Testing
import ZipFiles

/// The error that `body` throws; a failed requirement if it throws none.
func failure<Value>(_ body: () throws(ZipError) -> Value) throws -> ZipError {
  var thrown: ZipError?
  do {
    _ = try body()
  } catch {
    thrown = error
  }
  return try #require(thrown, "expected an error")
}
