"""Figures as a table for the screen, as Markdown, and as an SVG bar chart."""

import dataclasses
import html
import pathlib
import statistics


REFERENCE = "Vitrine, float32"
"""Beside the sides in int8: shown, but nobody to be compared with."""


@dataclasses.dataclass
class Result:
    """What one side showed on one model."""

    name: str
    version: str
    mode: str = ""
    milliseconds: list = dataclasses.field(default_factory=list)
    round_medians: list = dataclasses.field(default_factory=list)
    seconds: list = dataclasses.field(default_factory=list)
    single_megabytes: float = 0
    all_megabytes: float = 0

    @property
    def median(self):
        return statistics.median(self.milliseconds)

    @property
    def p90(self):
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.9)]

    @property
    def many(self):
        """Median of the seconds for all pictures at once."""
        return statistics.median(self.seconds)


@dataclasses.dataclass
class Comparison:
    """All sides on one model; this engine first."""

    model: object
    plan: object
    results: list
    least_cosine: float = 1
    cosines: dict = dataclasses.field(default_factory=dict)
    """In int8: mean and least cosine of each side's embeddings to single precision."""

    @property
    def gigaflops(self):
        """Of one picture; a multiply-add counts as two."""
        return sum(self.model.multiply_adds.values()) * 2 / 1000

    def ratios(self, kind, reference=False):
        """This engine's figure over the fastest other's, or over its own in single precision (below 1 is faster): the
        other's name, the ratio of the medians of all rounds, and the median of the ratios within each round, which a
        drifting machine disturbs less."""
        value = (lambda r: r.median) if kind == "single" else (lambda r: r.many)
        rounds = (lambda r: r.round_medians) if kind == "single" else (lambda r: r.seconds)
        ours, *others = self.results
        others = [other for other in others if (other.name == REFERENCE) == reference]
        best = min(others, key=value)
        within = [a / min(rest) for a, *rest in zip(rounds(ours), *map(rounds, others))]
        return best.name, value(ours) / value(best), statistics.median(within)


HEADINGS = [
    "side", "one: median ms", "p90 ms", "of peak", "many: pictures/s", "of peak", "peak MB, one", "peak MB, many"]


def rows(comparison, gflops):
    """The cells of a comparison, as text."""
    count, peak = comparison.plan.pictures, gflops[comparison.plan.threads]
    for result in comparison.results:
        single = comparison.gigaflops / (result.median / 1000) / peak
        many = comparison.gigaflops * count / result.many / peak
        yield [result.name, f"{result.median:.2f}", f"{result.p90:.2f}", f"{single:.0%}", f"{count / result.many:.1f}",
               f"{many:.0%}", f"{result.single_megabytes:.0f}", f"{result.all_megabytes:.0f}"]


def conclusions(comparison):
    """Sentences with the ratios."""
    for kind, title in [("single", "One picture"), ("many", f"{comparison.plan.pictures} pictures")]:
        name, medians, within = comparison.ratios(kind)
        yield f"{title}: {medians:.2f} x the time of {name}, the fastest other; median within rounds {within:.2f}."
        if comparison.cosines:
            _, medians, within = comparison.ratios(kind, reference=True)
            yield f"{title}: {medians:.2f} x this engine's time in float32; median within rounds {within:.2f}."
    if comparison.cosines:
        yield "Cosine to float32, mean and least: " + ", ".join(
            f"{name} {mean:.4f} and {least:.4f}" for name, (mean, least) in comparison.cosines.items()) + "."
    else:
        yield f"Least cosine between this engine's embedding and another's: {comparison.least_cosine:.7f}."


def screen(comparisons, gflops):
    """A table in plain text."""
    lines = []
    for comparison in comparisons:
        table = [HEADINGS, *rows(comparison, gflops)]
        widths = [max(map(len, column)) for column in zip(*table)]
        lines += [comparison.model.title]
        lines += ["  " + "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in
                                   enumerate(zip(row, widths))) for row in table]
        lines += [f"  {sentence}" for sentence in conclusions(comparison)] + [""]
    return "\n".join(lines + [peak_sentence(gflops)])


def peak_sentence(gflops):
    listed = ", ".join(f"{value:.0f} GFLOP/s (threads: {threads})" for threads, value in gflops.items())
    return f"Measured sgemm peak (best of torch's and numpy's): {listed}."


def write(folder, comparisons, gflops, facts):
    """Writes `runtimes.md` and a chart for each model; returns their paths."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    charts = {c.model.name: folder / f"runtimes-{c.model.name}.svg" for c in comparisons}
    for comparison in comparisons:
        charts[comparison.model.name].write_text(chart(comparison), encoding="utf-8")
    page = folder / "runtimes.md"
    page.write_text(markdown(comparisons, gflops, facts), encoding="utf-8")
    return [page, *charts.values()]


def markdown(comparisons, gflops, facts):
    lines = ["# This engine beside other runtimes", "",
             "Written by `make bench`; what the columns mean is in [Benchmarks/README.md](../README.md).", "",
             f"{peak_sentence(gflops)} {comparisons[0].plan}.".replace("..", "."), ""]
    for comparison in comparisons:
        lines += [f"## {comparison.model.title}", "", f"![chart](runtimes-{comparison.model.name}.svg)", "",
                  "| " + " | ".join(HEADINGS) + " |", "|---|" + "---:|" * (len(HEADINGS) - 1)]
        lines += ["| " + " | ".join(cells) + " |" for cells in rows(comparison, gflops)]
        lines += ["", *[f"- {sentence}" for sentence in conclusions(comparison)],
                  "- Many pictures: " + ", ".join(f"{r.name}: {r.mode}" for r in comparison.results) + "."]
        lines += ["", f"{comparison.gigaflops:.2f} GFLOP a picture:", "",
                  "| layers | share of the operations |", "|---|---:|"]
        total = sum(comparison.model.multiply_adds.values())
        for kind, value in sorted(comparison.model.multiply_adds.items(), key=lambda pair: -pair[1]):
            lines.append(f"| {kind} | {value / total:.1%} |")
        lines.append("")
    lines += ["## Machine", "", "| | |", "|---|---|", *[f"| {name} | {value} |" for name, value in facts], ""]
    return "\n".join(lines)


def chart(comparison):
    """Horizontal bars: milliseconds for one picture, and for each of many."""
    count = comparison.plan.pictures
    groups = [("One picture at a time, median ms", [r.median for r in comparison.results]),
              (f"{count} pictures at once, ms for each", [r.many * 1000 / count for r in comparison.results])]
    left, width, bar = 120, 410, 22
    height = 44 + len(groups) * (34 + bar * len(comparison.results)) + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {height}" width="640" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{html.escape(comparison.model.title)}: shorter is faster</title>",
        f'<rect width="640" height="{height}" fill="#fff"/>',
        f'<text x="16" y="26" font-size="15" font-weight="600">{html.escape(comparison.model.title)}</text>']
    y = 44
    for title, values in groups:
        lines.append(f'<text x="16" y="{y + 18}" fill="#555">{title} (shorter is faster)</text>')
        y += 28
        for index, (result, value) in enumerate(zip(comparison.results, values)):
            length = width * value / max(values)
            fill = "#b4413c" if index == 0 else "#8a9aa8"
            text = f'y="{y + 15}" fill="#222"'
            lines += [f'<text x="{left - 8}" {text} text-anchor="end">{html.escape(result.name)}</text>',
                      f'<rect x="{left}" y="{y + 2}" width="{length:.1f}" height="{bar - 5}" rx="2" fill="{fill}"/>',
                      f'<text x="{left + length + 6:.1f}" {text}>{value:.2f}</text>']
            y += bar
        y += 6
    return "\n".join(lines + ["</svg>", ""])
