import Foundation
import Testing

/// The page in a real browser, served by the built program with the digit model.
@Suite(.serialized) struct PageTests {
  private static let shift = "\u{E008}"
  private static let control = "\u{E009}"
  private let server: DigitServer

  init() throws { server = try DigitServer() }

  private func open(
    _ features: [String: String] = [:], width: Int = 1100, height: Int = 760, isPhone: Bool = false
  ) async throws -> PageUnderTest {
    let browser = try await WebDriver(width: width, height: height, isPhone: isPhone)
    if !features.isEmpty { try await browser.prefer(features) }
    return try await PageUnderTest(browser, at: server.address)
  }

  @Test func everyDigitThatIsDrawnIsReadAndRanked() async throws {
    let page = try await open()
    for digit in 0...9 {
      try await page.draw(Handwriting.strokes(of: digit))
      try await page.wait(forTop: "\(digit)")
      let ranking = try await page.ranking()
      #expect(Set(ranking.map(\.label)).count == 10)
      let shares = ranking.compactMap(\.percent)
      #expect(shares.count == 10 && shares == shares.sorted(by: >))
      #expect(shares[0] > 50 && abs(shares.reduce(0, +) - 100) < 1)
      #expect(try await page.seenInk() > 0)
      if digit == 2 { try await page.keepScreenshot("page.png") }
      try await page.click("#clear")
    }
    #expect(try await page.browser.consoleMessages().isEmpty)
    try await page.browser.quit()
    #expect(server.stop() == 0)
  }

  @Test func noRequestGoesToAnyOtherHost() async throws {
    let page = try await open()
    try await page.draw(Handwriting.strokes(of: 7))
    try await page.wait(forTop: "7")
    let addresses = try await page.browser.requestedAddresses()
    #expect(addresses.contains { $0.hasSuffix("/digit") })
    for address in addresses where !address.hasPrefix("data:") {
      #expect(address.hasPrefix(server.address + "/"))
    }
    // What the page does not do by itself its policy forbids.
    let isForbidden = try await page.browser.run(
      """
      return new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) =>
          resolve(event.effectiveDirective === "connect-src"));
        fetch("http://192.0.2.1/").catch(() => {});
        setTimeout(() => resolve(false), 3000);
      })
      """)
    #expect(isForbidden as? Bool == true)
    try await page.browser.quit()
  }

  @Test func clearingEmptiesThePageAtOnceAndForGood() async throws {
    let page = try await open()
    for clear in [
      { try await page.click("#clear") }, { try await page.type("c") },
      { try await page.type("C", holding: [Self.shift]) },
    ] {
      try await page.draw(Handwriting.strokes(of: 3))
      try await page.wait(forTop: "3")
      // One more stroke, whose answer must not arrive any more.
      try await page.draw([Handwriting.line(0.2, 0.2, 0.3, 0.3)])
      try await clear()
      try await Task.sleep(for: .milliseconds(300))
      let ranking = try await page.ranking()
      #expect(ranking.map(\.label) == (0...9).map(String.init))
      #expect(ranking.allSatisfy { $0.percent == nil })
      #expect(try await page.browser.text("return digit.textContent") == "–")
      #expect(try await page.seenInk() == 0)
    }
    try await page.draw(Handwriting.strokes(of: 3))
    try await page.wait(forTop: "3")
    try await page.type("c", holding: [Self.control])
    #expect(try await page.browser.text("return digit.textContent") == "3")
    try await page.browser.quit()
  }

  @Test func whatIsErasedIsGone() async throws {
    let page = try await open()
    let bar = [Handwriting.line(0.3, 0.5, 0.7, 0.5)]
    for erase in [
      {
        try await page.click("#eraser")
        try await page.draw(bar)
        try await page.click("#pen")
      }, { try await page.draw(bar, holding: Self.shift) },
    ] {
      try await page.draw(bar)
      try await page.browser.wait(for: "an answer", "return digit.textContent !== '–'")
      try await erase()
      try await page.browser.wait(for: "nothing", "return digit.textContent === '–'")
      #expect(try await page.seenInk() == 0)
    }
    try await page.draw(Handwriting.strokes(of: 1))
    try await page.wait(forTop: "1")
    try await page.draw(bar)
    try await page.type("z", holding: [Self.control])
    try await page.wait(forTop: "1")
    try await page.browser.quit()
  }

  @Test func theAnswerDoesNotDependOnTheColorScheme() async throws {
    var grounds: [String] = []
    var inks: [Int] = []
    for scheme in ["light", "dark"] {
      let page = try await open(
        ["prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"])
      try await page.draw(Handwriting.strokes(of: 5))
      try await page.wait(forTop: "5")
      grounds.append(
        try await page.browser.text("return getComputedStyle(document.body).backgroundColor"))
      try await Task.sleep(for: .milliseconds(200))
      inks.append(try await page.seenInk())
      try await page.keepScreenshot("page-\(scheme).png")
      try await page.browser.quit()
    }
    #expect(grounds[0] != grounds[1])
    #expect(inks[0] == inks[1] && inks[0] > 0)
  }

  @Test func fingersAndPensDrawAndATapIsADot() async throws {
    let page = try await open(width: 390, height: 844, isPhone: true)
    for pointer in ["touch", "pen"] {
      try await page.draw(Handwriting.strokes(of: 2), with: pointer)
      try await page.wait(forTop: "2")
      if pointer == "touch" { try await page.keepScreenshot("page-phone.png") }
      try await page.click("#clear")
      try await page.draw([[Place(x: 0.5, y: 0.5)]], with: pointer)
      try await page.browser.wait(for: "a dot", "return digit.textContent !== '–'")
      #expect(try await page.seenInk() > 0)
      try await page.click("#clear")
    }
    try await page.browser.quit()
  }

  @Test(arguments: [320, 390, 768]) func nothingHangsOverTheSide(width: Int) async throws {
    let page = try await open(width: width, height: 700, isPhone: true)
    try await page.draw(Handwriting.strokes(of: 4), with: "touch")
    try await page.wait(forTop: "4")
    let overhang = try await page.browser.run(
      "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    #expect(overhang as? Int == 0)
    try await page.browser.quit()
  }

  @Test func aServerThatIsGoneIsToldAndForgotten() async throws {
    let page = try await open()
    server.stop()
    try await page.draw(Handwriting.strokes(of: 6))
    try await page.browser.wait(for: "the trouble", "return !trouble.hidden")
    #expect(
      try await page.browser.text("return reason.textContent") == "The server cannot be reached.")
    try await page.click("#clear")
    #expect(try await page.browser.run("return trouble.hidden") as? Bool == true)
    try await page.browser.quit()
  }

  @Test func aScreenReaderIsToldTheAnswer() async throws {
    let page = try await open()
    try await page.draw(Handwriting.strokes(of: 0))
    try await page.wait(forTop: "0")
    try await page.browser.wait(
      for: "the words", "return /^0, \\\\d+ percent$/.test(spoken.textContent)")
    #expect(try await page.browser.text("return spoken.ariaLive") == "polite")
    try await page.browser.quit()
  }
}
