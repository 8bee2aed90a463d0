import Foundation
import Testing

/// The page in a real browser, served by the built program with the digit model.
@Suite(.serialized) struct PageTests {
  private static let shift = "\u{E008}"
  private static let control = "\u{E009}"
  private let server: RunningServer

  init() throws { server = try RunningServer(Fixture.path("digits/cnn.h5")) }

  private func open(
    _ features: [String: String] = [:], width: Int = 1100, height: Int = 800, isPhone: Bool = false
  ) throws -> PageUnderTest {
    let browser = try WebDriver(width: width, height: height, isPhone: isPhone)
    if !features.isEmpty { try browser.prefer(features) }
    return try PageUnderTest(browser, at: server.address)
  }

  @Test func everyDigitThatIsDrawnIsReadAndRanked() throws {
    let page = try open()
    for digit in 0...9 {
      try page.draw(Handwriting.strokes(of: digit))
      try page.wait(forTop: "\(digit)")
      let ranking = try page.ranking()
      #expect(Set(ranking.map(\.label)).count == 10)
      let shares = ranking.compactMap(\.percent)
      #expect(shares.count == 10 && shares == shares.sorted(by: >))
      #expect(shares[0] > 50 && abs(shares.reduce(0, +) - 100) < 1)
      #expect(try page.seenInk() > 0)
      if digit == 2 { try page.keepScreenshot("page.png") }
      try page.click("#clear")
    }
    let messages = try page.browser.consoleMessages()
    #expect(messages == [])
    #expect(server.stop() == 0)
  }

  @Test func noRequestGoesToAnyOtherHost() throws {
    let page = try open()
    try page.draw(Handwriting.strokes(of: 7))
    try page.wait(forTop: "7")
    let addresses = try page.browser.requestedAddresses()
    #expect(addresses.contains { $0.hasSuffix("/digit") })
    for address in addresses where !address.hasPrefix("data:") {
      #expect(address.hasPrefix(server.address + "/"))
    }
    // What the page does not do by itself its policy forbids.
    let isForbidden = try page.browser.run(
      """
      return new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) =>
          resolve(event.effectiveDirective === "connect-src"));
        fetch("http://192.0.2.1/").catch(() => {});
        setTimeout(() => resolve(false), 3000);
      })
      """)
    #expect(isForbidden as? Bool == true)
  }

  @Test func clearingEmptiesThePageAtOnceAndForGood() throws {
    let page = try open()
    for clear in [
      { try page.click("#clear") }, { try page.type("c") },
      { try page.type("C", holding: [Self.shift]) },
    ] {
      try page.draw(Handwriting.strokes(of: 3))
      try page.wait(forTop: "3")
      // One more stroke, whose answer must not arrive any more.
      try page.draw([Handwriting.line(0.2, 0.2, 0.3, 0.3)])
      try clear()
      Thread.sleep(forTimeInterval: 0.3)
      let ranking = try page.ranking()
      #expect(ranking.map(\.label) == (0...9).map(String.init))
      #expect(ranking.allSatisfy { $0.percent == nil })
      #expect(try page.browser.text("return digit.textContent") == "–")
      #expect(try page.seenInk() == 0)
    }
    try page.draw(Handwriting.strokes(of: 3))
    try page.wait(forTop: "3")
    try page.type("c", holding: [Self.control])
    #expect(try page.browser.text("return digit.textContent") == "3")
  }

  @Test func whatIsErasedIsGone() throws {
    let page = try open()
    let bar = [Handwriting.line(0.3, 0.5, 0.7, 0.5)]
    for erase in [
      {
        try page.click("#eraser")
        try page.draw(bar)
        try page.click("#pen")
      }, { try page.draw(bar, holding: Self.shift) },
    ] {
      try page.draw(bar)
      try page.browser.wait(for: "an answer", "return digit.textContent !== '–'")
      try erase()
      try page.browser.wait(for: "nothing", "return digit.textContent === '–'")
      #expect(try page.seenInk() == 0)
    }
    try page.draw(Handwriting.strokes(of: 1))
    try page.wait(forTop: "1")
    try page.draw(bar)
    try page.type("z", holding: [Self.control])
    try page.wait(forTop: "1")
  }

  @Test func theAnswerDoesNotDependOnTheColorScheme() throws {
    var grounds: [String] = []
    var inks: [Int] = []
    for scheme in ["light", "dark"] {
      let page = try open(
        ["prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"])
      try page.draw(Handwriting.strokes(of: 5))
      try page.wait(forTop: "5")
      grounds.append(
        try page.browser.text("return getComputedStyle(document.body).backgroundColor"))
      inks.append(try page.seenInk())
      try page.keepScreenshot("page-\(scheme).png")
    }
    #expect(grounds[0] != grounds[1])
    #expect(inks[0] > 0)
    #expect(inks[0] == inks[1])
  }

  @Test func fingersAndPensDrawAndATapIsADot() throws {
    let page = try open(width: 390, height: 844, isPhone: true)
    for pointer in ["touch", "pen"] {
      try page.draw(Handwriting.strokes(of: 2), with: pointer)
      try page.wait(forTop: "2")
      if pointer == "touch" { try page.keepScreenshot("page-phone.png") }
      try page.click("#clear")
      try page.draw([[Place(x: 0.5, y: 0.5)]], with: pointer)
      try page.browser.wait(for: "a dot", "return digit.textContent !== '–'")
      #expect(try page.seenInk() > 0)
      try page.click("#clear")
    }
  }

  @Test(arguments: [320, 390, 768]) func nothingHangsOverTheSide(width: Int) throws {
    let page = try open(width: width, height: 700, isPhone: true)
    try page.draw(Handwriting.strokes(of: 4), with: "touch")
    try page.wait(forTop: "4")
    let overhang = try page.browser.run(
      "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    #expect(overhang as? Int == 0)
  }

  @Test func aServerThatIsGoneIsToldAndForgotten() throws {
    let page = try open()
    server.stop()
    try page.draw(Handwriting.strokes(of: 6))
    try page.browser.wait(for: "the trouble", "return !trouble.hidden")
    #expect(
      try page.browser.text("return reason.textContent") == "The server cannot be reached.")
    try page.click("#clear")
    #expect(try page.browser.run("return trouble.hidden") as? Bool == true)
  }

  @Test func aScreenReaderIsToldTheAnswer() throws {
    let page = try open()
    try page.draw(Handwriting.strokes(of: 0))
    try page.wait(forTop: "0")
    try page.browser.wait(
      for: "the words", "return /^0, \\d+ percent$/.test(spoken.textContent)")
    #expect(try page.browser.text("return spoken.ariaLive") == "polite")
  }
}
