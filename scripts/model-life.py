#!/usr/bin/env python3
"""Draws docs/img/model-life.svg: the life of a model, as `pallets/models/src/status.rs` has it.

    ./scripts/model-life.py
"""

import pathlib
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(SCRIPTS / "lib"))
import svg  # noqa: E402

PICTURE = SCRIPTS.parent / "docs/img/model-life.svg"

INK, FAINT, EDGE, GROUND = "#1d2733", "#5b6775", "#9aa5b1", "#f5f7f9"
ANYBODY, PROBERS, MODEL, QUARANTINE = "#33658a", "#2b8a6e", "#6a4aa5", "#b3372f"
WIDTH, HEIGHT = 960, 770
BOX_WIDTH, BOX_HEIGHT = 180, 86


class Picture:
    def __init__(self):
        self.parts = []

    def text(self, x, y, text, size=15, colour=INK, anchor="start", bold=False):
        self.parts.append(svg.text(x, y, text, size, colour, anchor, bold))

    def lines(self, x, y, lines, colour=INK, anchor="start", size=15, step=19):
        for n, line in enumerate(lines):
            self.text(x, y + step * n, line, size, colour, anchor)

    def frame(self, x, y, width, height, radius, fill, stroke, dash=""):
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"'
        self.parts.append(f'<rect {place} fill="{fill}" stroke="{stroke}" stroke-width="1.5"{dash}/>')

    def state(self, x, y, name, lines):
        """A box with its left upper corner here."""
        self.frame(x, y, BOX_WIDTH, BOX_HEIGHT, 10, "#ffffff", INK)
        middle = x + BOX_WIDTH / 2
        self.text(middle, y + 28, name, 18, INK, "middle", bold=True)
        self.lines(middle, y + 51, lines, FAINT, "middle", 14, 18)

    def arrow(self, colour, *points):
        """Along right angles, with a head at the last point."""
        (x, y), (before_x, before_y) = points[-1], points[-2]
        step_x, step_y = (x > before_x) - (x < before_x), (y > before_y) - (y < before_y)
        back_x, back_y = x - 11 * step_x, y - 11 * step_y
        path = " L".join(f"{a},{b}" for a, b in [*points[:-1], (back_x, back_y)])
        self.parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>')
        head = [(x, y), (back_x + 5.5 * step_y, back_y + 5.5 * step_x), (back_x - 5.5 * step_y, back_y - 5.5 * step_x)]
        corners = " ".join(f"{a},{b}" for a, b in head)
        self.parts.append(f'<polygon points="{corners}" fill="{colour}"/>')


def entrance(picture):
    """From the submission to a finding."""
    picture.state(20, 150, "Probation", ["accepts no jobs", "its deposit is held"])
    picture.state(20, 400, "Rejected", ["accepts no jobs", "its record stays"])
    picture.arrow(ANYBODY, (110, 66), (110, 150))
    picture.text(20, 36, "submit", bold=True, colour=ANYBODY)
    picture.text(20, 56, "by anybody, its owner from then on")
    picture.arrow(PROBERS, (36, 236), (36, 400))
    picture.text(46, 292, "not reproduced", bold=True, colour=PROBERS)
    picture.lines(46, 311, ["for a flaw, or for", "want of a finding"])
    picture.arrow(ANYBODY, (188, 400), (188, 236))
    picture.text(198, 339, "submit again", bold=True, colour=ANYBODY)
    picture.text(198, 358, "by anybody")
    picture.arrow(PROBERS, (200, 193), (372, 193))
    picture.text(277, 181, "reproduced", bold=True, colour=PROBERS, anchor="middle")


def market(picture):
    """What may happen to a model that has been reproduced."""
    picture.frame(345, 96, 595, 420, 16, GROUND, EDGE, "6 5")
    picture.text(642, 124, "reproduced: its owner may set metadata and price, and transfer it", 15, FAINT, "middle")
    open_, listed, quarantined = 372, 734, 553
    picture.state(open_, 150, "Open", ["for whoever", "allows unlisted"])
    picture.state(listed, 150, "Listed", ["for everybody"])
    picture.state(quarantined, 400, "Quarantined", ["accepts no jobs", "its open jobs end"])
    picture.arrow(MODEL, (open_ + 180, 178), (listed, 178))
    picture.text(643, 170, "list", bold=True, colour=MODEL, anchor="middle")
    picture.arrow(MODEL, (listed, 214), (open_ + 180, 214))
    picture.text(643, 232, "delist", bold=True, colour=MODEL, anchor="middle")
    picture.text(643, 251, "also when its owner changes", 13, FAINT, "middle")
    picture.text(643, 268, "its metadata or transfers it", 13, FAINT, "middle")
    for side, start, anchor in [(1, open_, "start"), (-1, listed + 180, "end")]:
        box = quarantined if side > 0 else quarantined + 180
        outer, inner = start + 20 * side, start + 130 * side
        picture.arrow(QUARANTINE, (outer, 236), (outer, 460), (box, 460))
        picture.text(outer + 9 * side, 300, "quarantine", bold=True, colour=QUARANTINE, anchor=anchor)
        picture.arrow(MODEL, (box, 426), (inner, 426), (inner, 236))
        picture.text(inner + 9 * side, 300, "release", bold=True, colour=MODEL, anchor=anchor)
    picture.lines(643, 342, ["to its", "former status"], FAINT, "middle")
    retired, barred = 432, 734
    picture.state(retired, 610, "Retired", ["accepts no jobs, anybody", "may submit it again"])
    picture.state(barred, 610, "Barred", ["accepts no jobs", "until it is released"])
    picture.arrow(ANYBODY, (522, 516), (522, 610))
    picture.text(512, 569, "retire", bold=True, colour=ANYBODY, anchor="end")
    picture.arrow(MODEL, (824, 516), (824, 610))
    picture.text(834, 559, "bar", bold=True, colour=MODEL)
    picture.text(814, 559, "also by retire or quarantine,", 13, FAINT, "end")
    picture.text(814, 576, "instead of coming back", 13, FAINT, "end")
    picture.arrow(MODEL, (barred, 653), (retired + 180, 653))
    picture.text(673, 643, "release", bold=True, colour=MODEL, anchor="middle")


def legend(picture):
    picture.text(20, 566, "Who decides", bold=True)
    rights = [
        (ANYBODY, ["its owner; anybody may submit a", "new, rejected or retired model"]),
        (PROBERS, ["workers drawn to reproduce it, and", "validators where they decide"]),
        (MODEL, ["token holders, on the model track"]),
        (QUARANTINE, ["token holders, on the quarantine track", "or the model track"]),
    ]
    y = 590
    for colour, lines in rights:
        picture.parts.append(f'<line x1="20" y1="{y - 5}" x2="48" y2="{y - 5}" stroke="{colour}" stroke-width="4"/>')
        picture.lines(58, y, lines, size=14, step=18)
        y += 18 * len(lines) + 8


def main():
    picture = Picture()
    market(picture)
    entrance(picture)
    legend(picture)
    PICTURE.write_text(svg.document(WIDTH, HEIGHT, picture.parts))


if __name__ == "__main__":
    main()
