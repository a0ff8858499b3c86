"""Draws the figures of the simulation.

    draw.py FOLDER PICTURE    FOLDER has the CSV files of testing/protocol/tests/protocol/economics.rs
"""

import csv
import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import svg  # noqa: E402

INK, FAINT, GRID = "#1d2733", "#6b7785", "#e3e7ec"
COLOURS = {"10": "#2b8a6e", "20": "#c07a12", "33": "#b3372f", "asks": "#6a4aa5"}
LABELS = {"10": "f = 1/10", "20": "f = 1/5", "33": "f = 1/3", "asks": "f = 1/3, requests its own jobs"}
WIDTH, HEIGHT = 1080, 860


def rows(folder, *names):
    found = []
    for name in names:
        with open(folder / f"{name}.csv", newline="") as file:
            found += list(csv.DictReader(file))
    return found


class Picture:
    def __init__(self):
        self.parts = []

    def add(self, part):
        self.parts.append(part)

    def line(self, x1, y1, x2, y2, colour=INK, width=1.0, dash=""):
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self.add(f'<line {ends} stroke="{colour}" stroke-width="{width}"{dash}/>')

    def path(self, points, colour, width=1.5, dash=""):
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        d = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.add(f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>')

    def dot(self, x, y, colour, radius=3.5):
        self.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"/>')

    def text(self, x, y, text, size=12, colour=INK, anchor="start", bold=False):
        self.add(svg.text(f"{x:.1f}", f"{y:.1f}", text, size, colour, anchor, bold))


class Panel:
    """A plot with its axes; `x` and `y` turn values into coordinates."""

    def __init__(self, picture, left, top, width, height, title, subtitle):
        self.picture, self.left, self.top, self.width, self.height = picture, left, top, width, height
        picture.text(left, top - 34, title, 15, bold=True)
        picture.text(left, top - 16, subtitle, 12, FAINT)

    def axes(self, x_ticks, y_ticks, x, y, x_name, x_label=str, y_label=str):
        self.x, self.y = x, y
        bottom = self.top + self.height
        for tick in y_ticks:
            self.picture.line(self.left, y(tick), self.left + self.width, y(tick), GRID)
            self.picture.text(self.left - 8, y(tick) + 4, y_label(tick), 11, FAINT, "end")
        for tick in x_ticks:
            self.picture.text(x(tick), bottom + 18, x_label(tick), 11, FAINT, "middle")
        self.picture.line(self.left, bottom, self.left + self.width, bottom, INK)
        self.picture.text(self.left + self.width / 2, bottom + 36, x_name, 12, FAINT, "middle")

    def linear(self, low, high):
        return lambda value: self.top + self.height * (high - min(max(value, low), high)) / (high - low)

    def logarithmic(self, low, high):
        scale = self.linear(math.log10(low), math.log10(high))
        return lambda value: scale(math.log10(max(value, low)))

    def legend(self, keys, x, y):
        for n, key in enumerate(keys):
            self.picture.dot(x, y + 17 * n - 4, COLOURS[key])
            self.picture.text(x + 10, y + 17 * n, LABELS[key], 11)


CHECKERS = [0, 1, 2, 3, 4, 6, 8, 12]


def columns(panel):
    """Returns the x coordinate of a number of checkers; `shift` puts series side by side."""
    step = panel.width / len(CHECKERS)
    return lambda c, shift=0.0: panel.left + step * (CHECKERS.index(int(c)) + 0.5) + shift


def gains(picture, series):
    low, high = -16, 8
    subtitle = "ASY per claim: mean and 95 % interval, at the largest value at risk that the chain accepts"
    panel = Panel(picture, 70, 70, 430, 300, "A false claim loses on average", subtitle)
    label = lambda v: f"{v:+d}" if v else "0"
    panel.axes(CHECKERS, range(-16, 9, 4), columns(panel), panel.linear(low, high), "checkers c", y_label=label)
    picture.line(panel.left, panel.y(0), panel.left + panel.width, panel.y(0), INK, 1.2)
    for n, (key, cells) in enumerate(series.items()):
        for cell in cells:
            x, colour = panel.x(cell["checkers"], 9 * (n - 1.5)), COLOURS[key]
            ends = [float(cell["low"]), float(cell["high"])]
            picture.line(x, panel.y(ends[0]), x, panel.y(ends[1]), colour, 1.6)
            for end in ends:
                if low < end < high:
                    picture.line(x - 2.5, panel.y(end), x + 2.5, panel.y(end), colour, 1.6)
            if low < float(cell["mean"]) < high:
                picture.dot(x, panel.y(float(cell["mean"])), colour, 3)
            y = panel.y(float(cell["expected"]))
            picture.line(x - 5, y, x + 5, y, INK, 1.4)
    panel.legend(series, panel.left + 12, panel.top + 14)
    picture.line(panel.left + 150, panel.top + 10, panel.left + 162, panel.top + 10, INK, 1.4)
    picture.text(panel.left + 168, panel.top + 14, "expected from the draw probabilities", 11)


def shares(picture, series):
    subtitle = "no watcher; lines: the formula m; bars: 95 % intervals; arrows: all were caught"
    panel = Panel(picture, 610, 70, 430, 300, "False claims that are not caught", subtitle)
    ticks = [10.0**-e for e in range(0, 8)]
    label = lambda v: "1" if v == 1 else f"1e{round(math.log10(v))}"
    panel.axes(CHECKERS, ticks, columns(panel), panel.logarithmic(1e-7, 1.6), "checkers c", y_label=label)
    for n, (key, cells) in enumerate(series.items()):
        shift, colour = 9 * (n - 1.5), COLOURS[key]
        if key != "asks":
            f = float(cells[0]["f"])
            formula = [(panel.x(c), panel.y(f**c * (1 - 0.1 * (1 - f)))) for c in CHECKERS if f**c > 3e-8]
            picture.path(formula, colour, 1.2, "4 3")
        for cell in cells:
            x = panel.x(cell["checkers"], shift)
            low, high = float(cell["share_low"]), float(cell["share_high"])
            if int(cell["passed"]):
                picture.line(x, panel.y(low), x, panel.y(high), colour, 1.6)
                picture.dot(x, panel.y(float(cell["share"])), colour, 3)
            else:
                # All were caught: only the upper end of the interval is known.
                y = panel.y(high)
                picture.line(x - 4, y, x + 4, y, colour, 1.6)
                picture.path([(x, y), (x, y + 12), (x - 3, y + 8), (x, y + 12), (x + 3, y + 8)], colour, 1.2)
    panel.legend(series, panel.left + 12, panel.top + panel.height - 62)


def others(picture, cells, spite):
    bars = [(f'{c["name"]}, c = {c["checkers"]}', float(c["mean"]), float(c["low"]), float(c["high"])) for c in cells]
    bars += [(c["name"], float(c["mean"]), float(c["low"]), float(c["high"])) for c in spite]
    subtitle = "ASY per draw, or per attack; 95 % intervals; f = 1/10"
    panel = Panel(picture, 230, 500, 270, 300, "Laziness, absence and griefing lose too", subtitle)
    low = -11.0
    place = lambda value: panel.left + panel.width * (1 - value / low)
    for tick in (-10, -8, -6, -4, -2, 0):
        picture.line(place(tick), panel.top, place(tick), panel.top + panel.height, GRID)
        picture.text(place(tick), panel.top + panel.height + 18, str(tick), 11, FAINT, "middle")
    step = panel.height / len(bars)
    for n, (name, mean, least, most) in enumerate(bars):
        y = panel.top + step * (n + 0.5)
        picture.text(panel.left - 10, y + 4, name, 11, INK, "end")
        picture.line(place(0), y, place(mean), y, "#8795a5", step * 0.55)
        picture.line(place(least), y, place(most), y, INK, 1.4)
        picture.text(place(least) - 6, y + 4, f"{mean:.2f}", 10, FAINT, "end")
    picture.line(place(0), panel.top, place(0), panel.top + panel.height, INK, 1.2)


def fund(picture, watched, unwatched):
    title = "The audit fund in a market with all strategies"
    panel = Panel(picture, 610, 500, 430, 300, title, "ASY, by the number of jobs")
    curves = [(watched, "#33658a", "one watcher"), (unwatched, "#86929f", "no watcher")]
    points = [float(row["fund"]) for curve, *_ in curves for row in curve]
    least, most = min(points), max(points)
    low, high = math.floor(least / 20) * 20, math.ceil(most / 20) * 20 + 20
    jobs = max(int(row["jobs"]) for row in watched + unwatched)
    ticks = range(low, high + 1, max(20, round((high - low) / 6 / 20) * 20))
    x, y = lambda value: panel.left + panel.width * value / jobs, panel.linear(low, high)
    panel.axes(range(0, jobs + 1, 500), ticks, x, y, "jobs", y_label=lambda v: f"{v:,}")
    for n, (curve, colour, name) in enumerate(curves):
        picture.path([(panel.x(int(row["jobs"])), panel.y(float(row["fund"]))) for row in curve], colour, 2)
        height = panel.top + 14 + 17 * n
        picture.line(panel.left + 12, height, panel.left + 30, height, colour, 2)
        picture.text(panel.left + 36, height + 4, name, 11)


def main():
    folder, target = map(pathlib.Path, sys.argv[1:])
    series = {
        "10": rows(folder, "cartel-10"),
        "20": rows(folder, "cartel-20"),
        "33": rows(folder, "cartel-33-few", "cartel-33-many"),
        "asks": rows(folder, "cartel-asks"),
    }
    picture = Picture()
    gains(picture, series)
    shares(picture, series)
    others(picture, rows(folder, "lazy"), rows(folder, "spite"))
    fund(picture, rows(folder, "market-watched-fund"), rows(folder, "market-fund"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(svg.document(WIDTH, HEIGHT, picture.parts))


if __name__ == "__main__":
    main()
