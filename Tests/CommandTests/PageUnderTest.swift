import Foundation
import Testing

/// The page in a browser, and what a user does with it.
struct PageUnderTest {
  let browser: WebDriver

  /// Opens the page and waits until it can be drawn on.
  init(_ browser: WebDriver, at address: String) throws {
    self.browser = browser
    try browser.open(address)
    try browser.wait(
      for: "the canvas",
      "return document.documentElement.dataset.ready === 'true' && canvas.clientWidth > 0")
  }

  /// Draws strokes with a pointer: `mouse`, `touch` or `pen`; with a key held where one is given.
  func draw(
    _ strokes: [[Place]], with pointer: String = "mouse", holding key: String? = nil
  ) throws {
    let box = try browser.run(
      "const b = canvas.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]")
    let sides = try #require(box as? [Double])
    var actions: [[String: Any]] = []
    for stroke in strokes {
      for (index, place) in stroke.enumerated() {
        actions.append([
          "type": "pointerMove", "duration": index == 0 ? 0 : 10,
          "x": Int((sides[0] + place.x * sides[2]).rounded()),
          "y": Int((sides[1] + place.y * sides[3]).rounded()),
        ])
        if index == 0 { actions.append(["type": "pointerDown", "button": 0]) }
      }
      actions.append(["type": "pointerUp", "button": 0])
    }
    var sequences: [[String: Any]] = []
    if let key {
      // The key goes down before the first of the pointer's actions and up after the last.
      let pauses = Array(repeating: ["type": "pause"], count: actions.count)
      let down = ["type": "keyDown", "value": key]
      let up = ["type": "keyUp", "value": key]
      sequences.append(["type": "key", "id": "keys", "actions": [down] + pauses + [up]])
      actions.insert(["type": "pause"], at: 0)
    }
    sequences.append([
      "type": "pointer", "id": pointer, "parameters": ["pointerType": pointer], "actions": actions,
    ])
    try browser.perform(sequences)
  }

  /// Presses and releases a key, with others held.
  func type(_ key: String, holding held: [String] = []) throws {
    let down = (held + [key]).map { ["type": "keyDown", "value": $0] }
    let up = ([key] + held.reversed()).map { ["type": "keyUp", "value": $0] }
    try browser.perform([["type": "key", "id": "keys", "actions": down + up]])
  }

  /// Clicks what a selector finds.
  func click(_ selector: String) throws {
    try browser.run("document.querySelector(arguments[0]).click()", selector)
  }

  /// Waits until the page shows a class above all others, and awaits no other answer.
  func wait(
    forTop label: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try browser.wait(
      for: "\(label) on top",
      """
      return digit.textContent === "\(label)"
        && document.querySelector("#ranking li .label").textContent === "\(label)"
        && ranking.getAttribute("aria-busy") === "false"
      """, sourceLocation: sourceLocation)
  }

  /// The labels from the most likely down, with their shares in percent; empty where none is shown.
  func ranking() throws -> [(label: String, percent: Double?)] {
    let rows = try browser.run(
      """
      return Array.from(document.querySelectorAll("#ranking li"), (row) =>
        [row.querySelector(".label").textContent, row.querySelector(".share").textContent])
      """)
    return (rows as? [[String]] ?? []).map { ($0[0], Double($0[1].dropLast(2))) }
  }

  /// The sum of the picture that the model sees, over all pixels and colours.
  func seenInk() throws -> Int {
    let sum = try browser.run(
      """
      return seen.getContext("2d").getImageData(0, 0, 28, 28).data
        .reduce((sum, value, index) => index % 4 < 3 ? sum + value : sum, 0)
      """)
    return sum as? Int ?? -1
  }

  /// Keeps a picture of the page for whoever looks at the build.
  func keepScreenshot(_ name: String) throws {
    let environment = ProcessInfo.processInfo.environment["KERASKIT_ARTIFACTS"]
    let folder = environment.map { URL(filePath: $0) } ?? Self.buildFolder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let picture = try browser.screenshot()
    #expect(picture.count > 10_000)
    try picture.write(to: folder.appending(path: name))
  }

  private static let buildFolder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/artifacts")
}
