import Foundation
import Testing

@Suite struct UsageTests {
  static let commands = ["inspect", "convert", "verify", "predict", "serve", "bench"]

  @Test func theHelpListsEveryCommand() throws {
    let result = try Keraskit.run("--help")
    #expect(result.status == 0)
    for command in Self.commands { #expect(result.output.contains("\n  \(command)")) }
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: commands) func everyCommandHasHelp(command: String) throws {
    let result = try Keraskit.run(command, "--help")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("usage: keraskit \(command) "))
    #expect(try Keraskit.run("help", command).output == result.output)
    #expect(try Keraskit.run(command, "model.h5", "-h").output == result.output)
  }

  @Test func kernelsThatTheCPUHasNotAreRefused() throws {
    let refused = try Keraskit.run(["--version"], environment: ["KERASKIT_CPU": "sse9"])
    #expect(refused.status == 64)
    #expect(refused.output.isEmpty)
    #expect(refused.errorLines.count == 1)
    #expect(refused.errors.hasPrefix("keraskit: \"KERASKIT_CPU\": expected one of this CPU's "))
    #expect(refused.errors.hasSuffix("\"portable\", found \"sse9\"\n"))
    for name in ["", "portable"] {
      let result = try Keraskit.run(["--version"], environment: ["KERASKIT_CPU": name])
      #expect(result.status == 0)
    }
  }

  @Test func theVersionIsTold() throws {
    let result = try Keraskit.run("--version")
    #expect(result.status == 0)
    #expect(result.output.wholeMatch(of: /keraskit \d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: [
    ([], "expected a command; \"keraskit --help\" lists them"),
    (["inspct", "m.h5"], "unknown command \"inspct\"; did you mean \"inspect\"?"),
    (["frobnicate"], "unknown command \"frobnicate\"; see \"keraskit --help\""),
    (["--frob"], "unknown option \"--frob\"; see \"keraskit --help\""),
    (["inspect"], "inspect: too few arguments: expected MODEL, found 0"),
    (["inspect", "a", "b"], "inspect: unexpected argument \"b\""),
    (["inspect", "a", "--jsn"], "inspect: unknown option \"--jsn\"; did you mean \"--json\"?"),
    (["inspect", "a", "-x"], "inspect: unknown option \"-x\""),
    (["inspect", "a", "--json=yes"], "inspect: \"--json\" takes no value"),
    (["inspect", "a", "--json", "--json"], "inspect: \"--json\" is given twice"),
    (["inspect", "a", "--plot"], "inspect: \"--plot\" needs a value: FILE"),
    (["inspect", "a", "--plot", "--json"], "inspect: \"--plot\" needs a value: FILE"),
    (
      ["inspect", "a", "--plot", "x.png"],
      "inspect: \"--plot\": expected a name that ends in .svg or .dot, found \"x.png\""
    ),
    (["convert", "a"], "convert: \"--output\" is missing"),
    (
      ["convert", "a", "-o", "b", "--precision", "int8"],
      "convert: \"--precision\": int8 is not supported yet, use float32 or float16"
    ),
    (
      ["convert", "a", "-ob", "--precision=float8"],
      "convert: \"--precision\": expected \"float32\" or \"float16\", found \"float8\""
    ),
    (
      ["verify", "a", "--rtol", "-1"],
      "verify: \"--rtol\": expected a number from 0, found \"-1\""
    ),
    (["predict", "a"], "predict: \"--input\" is missing"),
    (
      ["predict", "a", "--input", "x", "--output", "y.txt"],
      "predict: \"--output\": expected a name that ends in .npy, .npz or .json, found \"y.txt\""
    ),
    (
      ["bench", "a", "--batch", "0"],
      "bench: \"--batch\": expected a whole number from 1 to 1000000, found \"0\""
    ),
    (["bench", "a", "--in-order"], "bench: \"--in-order\" needs \"--profile\""),
    (
      ["bench", "a", "--requests", "--json"],
      "bench: \"--requests\" goes with \"--batch\" and \"--threads\" alone"
    ),
    (
      ["serve", "a", "--port", "70000"],
      "serve: \"--port\": expected a whole number from 0 to 65535, found \"70000\""
    ),
  ])
  func whatCannotBeUnderstoodIsToldInOneLine(arguments: [String], message: String) throws {
    let result = try Keraskit.run(arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.hasPrefix("keraskit: \(message)"))
  }

  @Test func operandsMayFollowADoubleDash() throws {
    let result = try Keraskit.run("inspect", "--", "--json")
    #expect(result.status == 2)
    #expect(result.errors == "keraskit: \"--json\": cannot open: no such file or directory\n")
  }
}
