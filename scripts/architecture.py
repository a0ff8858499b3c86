#!/usr/bin/env python3
"""Draws docs/img/architecture.svg: the rooms of the repository, the crates in them, and what flows between them.

    ./scripts/architecture.py            writes the picture
    ./scripts/architecture.py --check    fails if the picture is stale

The dependencies between crates come from `cargo metadata`, and a crate that has no place in the tables below is an
error. It takes a second, and needs no network.
"""

import json
import os
import pathlib
import subprocess
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts/lib"))
import svg  # noqa: E402

PICTURE = ROOT / "docs/img/architecture.svg"

# Both workspaces of the repository: the guest has a lockfile of its own.
MANIFESTS = ["Cargo.toml", "engine/Cargo.toml"]

WIDTH, HEIGHT = 1240, 1084
TOP = -24
INK, FAINT, EDGE, GROUND = "#1d2733", "#5b6775", "#9aa5b1", "#f5f7f9"
REQUEST, OUTCOME, VERDICT, REPEAT = "#33658a", "#2b8a6e", "#b3372f", "#6a4aa5"

# Each room: its corner, its size, and what it is. A room that is not shipped has a dashed frame.
ROOMS = {
    "cli/": (20, 30, 250, 94, "the `assay` command"),
    "client/": (20, 188, 250, 94, "a Rust library"),
    "node/": (340, 30, 450, 252, "the `assay-node` program"),
    "runtime/": (420, 336, 290, 110, "the state transition"),
    "pallets/": (340, 500, 450, 350, "the protocol"),
    "engine/": (870, 30, 350, 820, "outcome = engine(model, input)"),
    "testing/, tests/": (20, 300, 250, 550, "not shipped"),
}
DASHED = {"testing/, tests/"}
# Arrows enter these rooms at their corners, so their titles are further in.
INDENT = {"pallets/": 74}

# Each crate: its corner, its size, and what it does.
CRATES = {
    "assay-cli": (32, 62, 226, 50, []),
    "assay-client": (32, 220, 226, 50, []),
    "assay-artifacts": (352, 66, 426, 72, ["stores files by their hash"]),
    "assay-node": (
        (352, 158, 426, 112, ["command line, service, JSON-RPC, transaction pool,", "BABE, GRANDPA, off-chain worker"])
    ),
    "assay-runtime": (432, 364, 266, 72, []),
    "pallet-jobs": (352, 536, 176, 76, ["request to settlement"]),
    "pallet-disputes": (602, 536, 176, 76, ["votes and verdicts"]),
    "pallet-workers": (352, 668, 140, 72, ["stake and slots"]),
    "pallet-models": (602, 668, 176, 72, ["the registry"]),
    "assay-primitives": (352, 764, 426, 72, ["types and traits that join the pallets, host interface"]),
    "assay-engine": (
        (882, 66, 326, 204, ["engine/host: sandbox, queue, warm instances.", "Its build script compiles the guest."])
    ),
    "assay-guest": (882, 336, 326, 84, ["tract behind seven exports, in WebAssembly"]),
    "assay-kernels": (882, 450, 326, 68, ["what tract computes with"]),
    "assay-intrinsics": (882, 548, 326, 68, ["exact arithmetic, native or in WebAssembly"]),
    "assay-abi": (882, 646, 326, 68, ["messages and limits"]),
    "assay-fuzz": (882, 752, 326, 84, ["fuzzing of the sandbox"]),
    "assay-tests": (32, 334, 226, 102, ["end to end, on real nodes"]),
    "assay-testing": (32, 442, 226, 102, ["networks, nodes, fixtures"]),
    "assay-malus": (32, 550, 226, 84, ["a node that misbehaves"]),
    "assay-protocol": (32, 640, 226, 84, ["the pallets joined"]),
    "assay-mocks": (32, 730, 226, 50, []),
    "assay-next-runtime": (32, 786, 226, 50, []),
}
# Crates that the picture leaves out.
OMITTED = {
    "wasm-opt",  # an empty crate in place of a dependency: see runtime/wasm-opt
}

# Each flow: its colour, its label, where on the path the label is, whether it is answered, the crates or rooms it
# joins, and its path, which has right angles.
FLOWS = [
    (REQUEST, "a1", (145, 151), False, "cli/", "client/", [(145, 124), (145, 188)]),
    (REQUEST, "a2", (305, 245), False, "client/", "assay-node", [(270, 245), (352, 245)]),
    (REQUEST, "a3", (565, 303), False, "assay-node", "runtime/", [(565, 270), (565, 336)]),
    (REQUEST, "a4", (506, 473), False, "runtime/", "pallet-jobs", [(506, 446), (506, 536)]),
    (REQUEST, "a5", (395, 636), False, "pallet-jobs", "pallet-workers", [(395, 612), (395, 668)]),
    (REQUEST, "a5", (552, 704), False, "pallet-jobs", "pallet-models", [(514, 612), (514, 704), (602, 704)]),
    (OUTCOME, "b1", (370, 383), True, "pallet-jobs", "assay-node", [(370, 536), (370, 270)]),
    (OUTCOME, "b5", (400, 303), False, "pallet-jobs", "assay-node", [(400, 536), (400, 270)]),
    (OUTCOME, "b2", (830, 214), True, "assay-node", "assay-engine", [(778, 214), (882, 214)]),
    (OUTCOME, "b3", (830, 102), False, "assay-artifacts", "assay-engine", [(778, 102), (882, 102)]),
    (OUTCOME, "b4", (1045, 303), True, "assay-engine", "assay-guest", [(1045, 270), (1045, 336)]),
    (VERDICT, "c1", (624, 473), False, "runtime/", "pallet-disputes", [(624, 446), (624, 536)]),
    (VERDICT, "c2", (565, 556), False, "pallet-disputes", "pallet-jobs", [(602, 556), (528, 556)]),
    (VERDICT, "c3", (760, 383), True, "pallet-disputes", "assay-node", [(760, 536), (760, 270)]),
    (VERDICT, "c4", (730, 303), False, "pallet-disputes", "assay-node", [(730, 536), (730, 270)]),
    (VERDICT, "c5", (565, 594), False, "pallet-disputes", "pallet-jobs", [(602, 594), (528, 594)]),
    (VERDICT, "c5", (455, 636), False, "pallet-jobs", "pallet-workers", [(455, 612), (455, 668)]),
]

# The flow that needs no chain: its path, its text and where that is.
OFFLINE = ([(145, 30), (145, -2), (972, -2), (972, 66)], "assay verify: anyone runs the same engine again", (565, 3))

# What the labels mean: the three walks of docs/architecture.md.
LEGEND = [
    (REQUEST, "A request", [
        ("a1", "the command builds a request"),
        ("a2", "signed, over JSON-RPC; files before it"),
        ("a3", "a block author includes it"),
        ("a4", "the runtime dispatches it to the pallet"),
        ("a5", "terms are checked, an executor is drawn"),
    ]),
    (OUTCOME, "An outcome", [
        ("b1", "the off-chain worker polls for an answer"),
        ("b2", "the task enters the queue"),
        ("b3", "the model and the input are read"),
        ("b4", "the guest runs in the sandbox"),
        ("b5", "commitments first, then reveals"),
    ]),
    (VERDICT, "A challenge", [
        ("c1", "anyone, or a watcher, posts a bond"),
        ("c2", "the job waits for a verdict"),
        ("c3", "every validator re-executes the task"),
        ("c4", "each validator votes"),
        ("c5", "the verdict settles, pays and slashes"),
    ]),
]


def dependencies():
    """Returns the dependencies within the repository of each of its crates, sorted."""
    packages = {}
    for manifest in MANIFESTS:
        command = [os.environ.get("CARGO", "cargo"), "metadata", "--no-deps", "--offline", "--format-version", "1"]
        output = subprocess.run([*command, "--manifest-path", ROOT / manifest], capture_output=True, text=True)
        if output.returncode != 0:
            sys.exit(output.stderr)
        for package in json.loads(output.stdout)["packages"]:
            packages[package["name"]] = package["dependencies"]
    # What is only for development matters where everything is: in `tests/`.
    return {
        name: sorted({d["name"] for d in found if d.get("path") and (d["kind"] is None or name == "assay-tests")})
        for name, found in packages.items()
    }


def short(crate):
    return crate.removeprefix("assay-").removeprefix("pallet-")


class Picture:
    def __init__(self):
        self.parts = []

    def text(self, x, y, text, size=13, colour=INK, anchor="start", bold=False):
        self.parts.append(svg.text(x, y, text.replace("`", ""), size, colour, anchor, bold))

    def frame(self, x, y, width, height, radius, fill, stroke, dashed=False):
        dash = ' stroke-dasharray="6 5"' if dashed else ""
        self.parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}" stroke="{stroke}" '
            f'stroke-width="1.5"{dash}/>'
        )

    def room(self, name):
        x, y, width, height, what = ROOMS[name]
        self.frame(x, y, width, height, 14, GROUND, EDGE, name in DASHED)
        indent = INDENT.get(name, 14)
        self.text(x + indent, y + 24, name, 16, INK, bold=True)
        self.text(x + width - indent, y + 24, what, 12.5, FAINT, "end")

    def crate(self, name, needs):
        x, y, width, height, notes = CRATES[name]
        self.frame(x, y, width, height, 8, "#ffffff", INK)
        self.text(x + 12, y + 23, name, 15, INK, bold=True)
        lines = [(note, INK) for note in notes]
        if needs:
            wrapped = textwrap.wrap("needs " + ", ".join(short(need) for need in needs), int((width - 20) / 6.2))
            lines += [(line, FAINT) for line in wrapped]
        room_for = (height - 33) // 17
        if len(lines) > room_for:
            sys.exit(f"{name} needs {len(lines)} lines and has {room_for}: make its box in CRATES larger")
        for n, (line, colour) in enumerate(lines):
            self.text(x + 12, y + 42 + 17 * n, line, 12.5, colour)

    def arrow(self, colour, points, answered):
        """Draws a path of right angles with a head at its end, and one at its start if it is answered."""
        points = list(points)
        heads = [self.head(points, -1, -2)]
        if answered:
            heads.append(self.head(points, 0, 1))
        path = " L".join(f"{x},{y}" for x, y in points)
        self.parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>')
        self.parts += [f'<polygon points="{corners}" fill="{colour}"/>' for corners in heads]

    @staticmethod
    def head(points, at, before):
        """Returns the corners of an arrow's head, and shortens the path to where the head begins."""
        (x, y), (before_x, before_y) = points[at], points[before]
        step_x, step_y = (x > before_x) - (x < before_x), (y > before_y) - (y < before_y)
        back_x, back_y = x - 10 * step_x, y - 10 * step_y
        points[at] = (back_x, back_y)
        corners = [(x, y), (back_x + 5 * step_y, back_y + 5 * step_x), (back_x - 5 * step_y, back_y - 5 * step_x)]
        return " ".join(f"{a},{b}" for a, b in corners)

    def label(self, colour, x, y, label):
        self.parts.append(f'<circle cx="{x}" cy="{y}" r="12" fill="{colour}"/>')
        self.text(x, y + 4.5, label, 12, "#ffffff", "middle", bold=True)

    def legend(self, x, y, colour, title, steps):
        self.text(x, y, title, 16, colour, bold=True)
        for n, (label, what) in enumerate(steps):
            self.label(colour, x + 12, y + 26 + 29 * n, label)
            self.text(x + 34, y + 31 + 29 * n, what, 14.5)


def draw():
    """Returns the picture as SVG."""
    needs = dependencies()
    if missing := needs.keys() - CRATES.keys() - OMITTED:
        sys.exit(f"scripts/architecture.py has no place for {', '.join(sorted(missing))}: add it to CRATES")
    if gone := CRATES.keys() - needs.keys():
        sys.exit(f"scripts/architecture.py draws {', '.join(sorted(gone))}, which is gone: remove it from CRATES")
    picture = Picture()
    for room in ROOMS:
        picture.room(room)
    for crate in CRATES:
        picture.crate(crate, needs[crate])
    known = ROOMS.keys() | CRATES.keys()
    for colour, label, at, answered, start, end, points in FLOWS:
        assert {start, end} <= known, (start, end)
        picture.arrow(colour, points, answered)
        picture.label(colour, *at, label)
    path, text, (x, y) = OFFLINE
    picture.arrow(REPEAT, path, False)
    picture.frame(x - 200, y - 16, 400, 22, 0, "#ffffff", "#ffffff")
    picture.text(x, y, text, 13.5, REPEAT, "middle", bold=True)
    for n, (colour, title, steps) in enumerate(LEGEND):
        picture.legend(32 + 404 * n, 890, colour, title, steps)
    return svg.document(WIDTH, HEIGHT, picture.parts, TOP)


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    drawn = draw()
    if not sys.argv[1:]:
        PICTURE.write_text(drawn)
    elif not PICTURE.exists() or PICTURE.read_text() != drawn:
        sys.exit(f"{PICTURE.relative_to(ROOT)} is stale: run scripts/architecture.py")


if __name__ == "__main__":
    main()
