"""What was measured, as Markdown."""
import math

from .formats import TITLES


def markdown(results):
    """The tables of all cells."""
    runtimes = results["runtimes"]
    parts = [headline(results), times(results, runtimes)]
    if "keraskit" in runtimes and len(runtimes) > 1:
        parts.append(summary(results))
    parts += [shares(results, runtimes), memory(results, runtimes), loading(results, runtimes)]
    if notes := remarks(results):
        parts.append("\n".join(f"- {line}" for line in notes))
    return "\n\n".join(parts) + "\n"


def headline(results):
    peaks = ", ".join(
        f"{rate / 1e9:.1f} on {threads} thread{'s' if int(threads) > 1 else ''}"
        for threads, rate in results["peaks"].items())
    forced = f" KerasKit was made to use its {results['cpu']} kernels." if results["cpu"] else ""
    return (f"On {results['machine']}. Measured peak: {peaks} (billion multiply-adds a second)."
            + forced)


def times(results, runtimes):
    """Milliseconds a call; the ratio to the best of the others that are right."""
    rows = []
    for cell in results["cells"]:
        others = {name: figure["milliseconds"] for name, figure in right(cell).items()
                  if name != "keraskit"}
        best = min(others, key=others.get) if others else None
        row = [cell["model"], cell["batch"], cell["threads"]]
        for name in runtimes:
            text = milliseconds(cell["figures"][name])
            row.append(f"**{text}**" if name == best else text)
        value = ratio(cell)
        row.append(f"{value:.2f}" if value else "–")
        rows.append(row)
    titles = ["model", "batch", "threads", *(TITLES[name] for name in runtimes),
              "KerasKit to the best"]
    kind = "median" if results["quantile"] == 0.5 else f"quantile {results['quantile']:g}"
    return f"Milliseconds a call, {kind} (bold: the best of the others):\n\n" + table(titles, rows)


def milliseconds(figure):
    if "milliseconds" not in figure:
        return "–"
    text = f"{figure['milliseconds']:.3g}" if figure["milliseconds"] < 1000 else (
        f"{figure['milliseconds']:.0f}")
    return f"({text})" if figure["is_wrong"] else text


def right(cell):
    return {name: figure for name, figure in cell["figures"].items()
            if "milliseconds" in figure and not figure["is_wrong"]}


def ratio(cell):
    """KerasKit's time to that of the best of the others, or None."""
    figures = right(cell)
    own = figures.pop("keraskit", None)
    if own is None or not figures:
        return None
    return own["milliseconds"] / min(figure["milliseconds"] for figure in figures.values())


def summary(results):
    ratios = [value for value in map(ratio, results["cells"]) if value]
    if not ratios:
        return "No cell has both KerasKit and another runtime."
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    faster = sum(value <= 1 for value in ratios)
    return (f"Geometric mean of the ratios of {len(ratios)} cells: **{mean:.2f}**; KerasKit is the "
            f"fastest in {faster} of them.")


def shares(results, runtimes):
    rows = []
    for cell in results["cells"]:
        peak = results["peaks"][str(cell["threads"])]
        row = [cell["model"], cell["batch"], cell["threads"]]
        for name in runtimes:
            figure = cell["figures"][name]
            if "milliseconds" in figure and cell["multiply_adds"]:
                rate = cell["multiply_adds"] * cell["batch"] / figure["milliseconds"] * 1000
                row.append(f"{rate / peak:.0%}".replace("%", " %"))
            else:
                row.append("–")
        rows.append(row)
    titles = ["model", "batch", "threads", *(TITLES[name] for name in runtimes)]
    return "Share of the measured peak of multiply-adds:\n\n" + table(titles, rows)


def memory(results, runtimes):
    def text(figure):
        if "peak_bytes" not in figure:
            return "–"
        own = figure["peak_bytes"] - figure["imported_bytes"]
        return f"{own / 1e6:.0f} ({figure['peak_bytes'] / 1e6:.0f})"

    return ("Peak memory in MB, without and (with) what the program, its interpreter and libraries "
            "take before they read the model:\n\n"
            + one_each(results, runtimes, text))


def loading(results, runtimes):
    def text(figure):
        if "load_ms" not in figure:
            return "–"
        return f"{figure['load_ms']:.3g} ({figure['process_ms']:.3g})"

    return ("Milliseconds from a model's file to its first answer, after imports and (from the "
            "start of the process):\n\n" + one_each(results, runtimes, text))


def one_each(results, runtimes, text):
    rows = [[cell["model"], cell["batch"], cell["threads"],
             *(text(cell["figures"][name]) for name in runtimes)] for cell in results["cells"]]
    return table(["model", "batch", "threads", *(TITLES[name] for name in runtimes)], rows)


def remarks(results):
    """Why cells are empty or in parentheses, the same reason for several cells once."""
    lines = {}
    for cell in results["cells"]:
        where = f"{cell['batch']}:{cell['threads']}"
        for name, figure in cell["figures"].items():
            if figure["failure"]:
                text = f"{cell['model']}, {TITLES[name]}: {figure['failure'][:160]}"
            elif figure.get("is_wrong"):
                text = (f"{cell['model']}, {TITLES[name]}: in parentheses, its results are off by "
                        f"{figure['error']:.0e} of the largest")
            else:
                continue
            lines.setdefault(text, []).append(where)
    return [f"{text} ({', '.join(cells)})" for text, cells in lines.items()]


def table(titles, rows):
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
