import ModelFormat
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "true", "[]", "{}", "[1,-2,3.5,1e-05,1e+300,-0.0]", "{\"a\":[{\"b\":null}],\"c\":\"\"}",
    "[Infinity,-Infinity]", "\"\\\"\\\\/\\n\\u0001ü😀\"", "9223372036854775807",
  ])
  func canonicalTextReadsBackToItself(text: String) throws {
    #expect(try JSONValue(parsing: text).canonicalText == text)
  }

  @Test(arguments: [
    (" [ 1 ,\t2 ]\r\n", "[1,2]"), ("{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}"),
    ("\"\\u00fc\\ud83d\\ude00\\/\\b\\f\"", "\"ü😀/\\u0008\\u000c\""),
    ("92233720368547758080", "9.223372036854776e+19"), ("1E2", "100.0"), ("NaN", "NaN"),
  ])
  func otherTextIsReadAndMadeCanonical(text: String, canonical: String) throws {
    #expect(try JSONValue(parsing: text).canonicalText == canonical)
  }

  @Test(arguments: [
    ("", "byte 0: expected a value, found the end of the text"),
    ("nul", "byte 0: expected a value, found 'n'"),
    ("[1,]", "byte 3: expected a value, found ']'"),
    ("[1 2]", "byte 3: expected ',' or ']', found '2'"),
    ("{\"a\":1,}", "byte 7: expected a key in quotes, found '}'"),
    ("{a:1}", "byte 1: expected a key in quotes, found 'a'"),
    ("{\"a\":1 \"b\":2}", "byte 7: expected ',' or '}', found '\"'"),
    ("{\"a\":1,\"a\":1}", "byte 7: key \"a\" stands twice in one object"),
    ("01", "byte 0: a number begins with a needless 0"),
    ("-", "byte 0: expected a value, found '-'"),
    ("+1", "byte 0: expected a value, found '+'"),
    ("1.", "byte 2: expected a digit, found the end of the text"),
    ("1e", "byte 2: expected a digit, found the end of the text"),
    ("1 x", "byte 2: expected the end of the text, found 'x'"),
    ("\"a", "byte 2: expected '\"', found the end of the text"),
    ("\"a\n\"", "byte 2: a string holds a control character"),
    ("\"\\x\"", "byte 1: an unknown escape"),
    ("\"\\u12g4\"", "byte 3: expected four hexadecimal digits, found '1'"),
    ("\"\\ud800\"", "byte 1: a lone surrogate"),
    ("\"\\ud800\\u0041\"", "byte 1: a lone surrogate"),
    ("\"\\udc00\"", "byte 1: a lone surrogate"),
    ("'a'", "byte 0: expected a value, found '''"),
    ("// a", "byte 0: expected a value, found '/'"),
  ])
  func whatIsNotJSONIsRefused(text: String, message: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.description == message)
  }

  @Test func depthHasALimit() throws {
    let open = String(repeating: "[", count: 256)
    let close = String(repeating: "]", count: 256)
    #expect(try JSONValue(parsing: open + close).array != nil)
    #expect(throws: JSONError.self) { try JSONValue(parsing: "[" + open + "1" + close + "]") }
  }
}
