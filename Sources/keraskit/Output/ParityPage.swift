import Parity
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ParityReport {
  /// The report as one self-contained page, in light or dark as its reader wishes.
  var html: String {
    let rows = rows.map(\.html).joined(separator: "\n")
    let skipped = notCompared.map { "<li>\($0.escapedForXML)</li>" }.joined()
    let notes = skipped.isEmpty ? "" : "<h2>Not compared</h2><ul>\(skipped)</ul>"
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(model.escapedForXML): parity with Keras</title>
      <style>\(Self.css)</style></head><body>
      <h1>\(model.escapedForXML)</h1>
      <p class="verdict \(passes ? "pass" : "fail")">\(verdict.escapedForXML)</p>
      <p>Allowed: \(tolerance.absolute) + \(tolerance.relative) × the largest magnitude of what Keras
      computed. The bars show how much of it is used, on a logarithmic scale.</p>
      <div class="scroll"><table><thead><tr><th>Value<th>Class<th>Shape<th>Largest difference
      <th>Relative to scale<th>Used<th>Worst at<th>Found<th>Keras<th></tr></thead>
      <tbody>
      \(rows)
      </tbody></table></div>\(notes)
      </body></html>

      """
  }

  private static let css = """
    :root{color-scheme:light dark;--line:#d5dde6;--bar:#2f6fde;--pass:#1a7f37;--fail:#c4262e}
    @media(prefers-color-scheme:dark){:root{--line:#333d48;--bar:#6ea2ff;--pass:#56d364;--fail:#ff7b72}}
    body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
    .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
    th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
    td{white-space:nowrap}.number{text-align:right;font-variant-numeric:tabular-nums}
    .verdict{font-size:1.15rem;font-weight:600}.pass{color:var(--pass)}.fail{color:var(--fail)}
    .output td:first-child{font-weight:600}
    .bar{width:8rem;height:.6rem;background:var(--line);border-radius:.3rem}
    .bar i{display:block;height:100%;background:var(--bar);border-radius:.3rem}
    .off .bar i{background:var(--fail)}
    """
}

extension ParityRow {
  fileprivate var html: String {
    let kinds = [kind.rawValue] + (passes ? [] : ["off"])
    let head =
      "<tr class=\"\(kinds.joined(separator: " "))\"><td>\(name.escapedForXML)"
      + "<td>\((className ?? "").escapedForXML)<td>\(shape)"
    switch result {
    case .failed(let reason):
      return head + "<td colspan=\"6\">\(reason.escapedForXML)<td class=\"fail\">✗</tr>"
    case .compared(let closeness):
      let index = (closeness.worstIndex ?? []).map(String.init).joined(separator: ", ")
      return head
        + number(Figures.difference(closeness.maxAbsolute))
        + number(Figures.difference(closeness.maxRelativeToScale))
        + "<td><div class=\"bar\"><i style=\"width:\(used(closeness))%\"></i></div>"
        + "<td>[\(index)]" + number(Figures.formatted("%.8g", closeness.value))
        + number(Figures.formatted("%.8g", closeness.reference))
        + (passes ? "<td class=\"pass\">✓</tr>" : "<td class=\"fail\">✗</tr>")
    }
  }

  private func number(_ text: String) -> String { "<td class=\"number\">\(text)" }

  /// How much of the tolerance is used, in percent of a bar that spans four powers of ten.
  private func used(_ closeness: Closeness) -> Int {
    guard closeness.maxAbsolute > 0 else { return 0 }
    guard closeness.maxAbsolute < closeness.tolerance else { return 100 }
    let powers = log10(closeness.maxAbsolute / closeness.tolerance)
    return Int(max(2, 100 + 25 * powers))
  }
}
