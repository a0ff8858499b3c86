"""Writes the figures of the simulation into the tables of a page.

    tables.py FOLDER PAGE    FOLDER has the CSV files of testing/protocol/tests/protocol/economics.rs
"""

import csv
import pathlib
import re
import sys

STRATEGIES = {
    "Honest": "honest",
    "Cartel": "cartel, f = 0.2",
    "Guess": "guesses",
    "Stale": "repeats stale answers",
    "Absent": "stays away",
    "AbsentChecker": "does not check",
}


def rows(folder, *names):
    found = []
    for name in names:
        with open(folder / f"{name}.csv", newline="") as file:
            found += list(csv.DictReader(file))
    return found


def amount(text, digits=2):
    return f"{float(text):,.{digits}f}"


def chance(text):
    value = float(text)
    if value == 0:
        return "0"
    return f"{value:.4f}" if value >= 1e-3 else f"{value:.1e}"


def interval(row, digits=2):
    return f"{amount(row['mean'], digits)} ({amount(row['low'], digits)} to {amount(row['high'], digits)})"


def cartels(folder):
    for row in rows(folder, "cartel-10", "cartel-20", "cartel-33-few", "cartel-33-many", "cartel-asks", "watched"):
        watched = row["name"].endswith("watcher")
        # A watcher is not part of what these figures describe.
        draws = [""] * 3 if watched else [amount(row["expected"]), chance(row["exact"]), chance(row["formula"])]
        yield [
            row["name"],
            amount(row["f"]),
            row["checkers"],
            amount(row["value_at_risk"]),
            row["jobs"],
            row["samples"],
            interval(row),
            draws[0],
            row["passed"],
            chance(row["share"]),
            *draws[1:],
            row["slashes"],
        ]


def others(folder):
    for row in rows(folder, "lazy"):
        yield [
            row["name"],
            amount(row["f"]),
            row["checkers"],
            row["jobs"],
            row["samples"],
            interval(row),
            row["slashes"],
        ]
    for row in rows(folder, "spite"):
        yield [row["name"], "", "1", row["samples"], row["samples"], interval(row, 3), ""]


def flows(folder):
    for watched, alone in zip(rows(folder, "market-watched-flows"), rows(folder, "market-flows")):
        yield [watched["flow"], amount(watched["asy"]), amount(alone["asy"])]


def gains(folder):
    for watched, alone in zip(rows(folder, "market-watched-strategies"), rows(folder, "market-strategies")):
        yield [STRATEGIES[watched["strategy"]], amount(watched["gain"], 3), amount(alone["gain"], 3)]


def replace(page, start, table):
    """Replaces the rows of the table whose header begins with `start`, or of the next one after that text."""
    begin = page.index("\n|---", page.index(start)) + 1
    begin = page.index("\n", begin) + 1
    end = re.compile(r"^(?!\|)", re.MULTILINE).search(page, begin).start()
    lines = ["| " + " | ".join(cells) + " |" for cells in table]
    return page[:begin] + "".join(re.sub(" +", " ", line) + "\n" for line in lines) + page[end:]


def main():
    folder, path = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    page = path.read_text()
    page = replace(page, "| actor | f | c | at risk |", cartels(folder))
    page = replace(page, "| actor | f | c | jobs | samples |", others(folder))
    page = replace(page, "The flows of the two markets", flows(folder))
    page = replace(page, "The mean gain of each draw", gains(folder))
    cells = ["cartel-10", "cartel-20", "cartel-33-few", "cartel-33-many", "cartel-asks", "watched", "lazy"]
    measured = rows(folder, *cells)
    jobs = sum(int(row["jobs"]) for row in measured) + sum(int(row["samples"]) for row in rows(folder, "spite"))
    page = re.sub(r"^[\d,]+ jobs in all", f"{jobs:,} jobs in all", page, flags=re.MULTILINE)
    path.write_text(page)


main()
