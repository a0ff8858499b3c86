"""Checks what no compiler reads: the width of lines, the links of documents, and the paths that prose names.

    scripts/lint/text.py [FILE...]      FILE: instead of every tracked file

A line is at most 120 columns wide, a tab counting as four. In Markdown, rows of tables and lines of one long word (an
address, a path) are exempt; so are generated files, and what tests write between two marks in a document. A path in
backticks that starts with one of the repository's top folders has to exist, and so has a script in a command, whether a
document or a comment names it.
"""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

WIDTH = 120
TAB = 4
PROSE = {".md", ".rs", ".sh", ".py", ".toml", ".mjs"}
# Written by programs: their lines are as long as their data.
GENERATED = re.compile(
    r"docs/conformance\.md"  # scripts/conformance.sh --record
    r"|docs/json\.md"  # the tests of assay-client
    r"|engine/host/tests/fixtures/README\.md"  # scripts/models/make_fixtures.py
    r"|pallets/\w+/src/weights\.rs|runtime/src/weights/\w+\.rs"  # scripts/weights.sh
)

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\s]+)`|(?<=\s)\./(scripts/[\w./-]+)")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"[A-Za-z0-9_.@*{},/<>-]+")
BRACES = re.compile(r"\{([^{}]*)\}")


@cache
def tracked() -> frozenset[str]:
    """The files that a clone has, and new ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return frozenset(name for name in listing.stdout.splitlines() if (ROOT / name).is_file())


@cache
def top_folders() -> frozenset[str]:
    return frozenset(name.split("/", 1)[0] for name in tracked() if "/" in name)


def is_script(file: Path) -> bool:
    """Whether a file without a suffix says which program runs it."""
    return not file.suffix and file.read_bytes()[:2] == b"#!"


def width(line: str) -> int:
    return len(line.expandtabs(TAB))


def too_wide(name: str, text: str):
    """Yields what is wrong with the widths of a file's lines."""
    if GENERATED.fullmatch(name):
        return
    is_markdown = name.endswith(".md")
    is_generated = False
    for number, line in enumerate(text.splitlines(), 1):
        if is_markdown and line.startswith("<!-- begin of what"):
            is_generated = True
        elif line.startswith("<!-- end of what"):
            is_generated = False
        if is_generated or width(line) <= WIDTH:
            continue
        if is_markdown and (line.lstrip().startswith("|") or len(line.split()) == 1):
            continue
        yield f"{name}:{number}: {width(line)} columns wide, where {WIDTH} are allowed"


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    headings = HEADING.findall(FENCED.sub("", document.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(name: str, text: str):
    """Yields the links of a document that lead nowhere within the repository."""
    for target in LINK.findall(FENCED.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        if not file.exists():
            yield f"{name}: links to {target}, which does not exist"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            yield f"{name}: links to {target}, where no heading has that anchor"


def variants(path: str) -> list[str]:
    """A path with braces, as a shell reads it."""
    braces = BRACES.search(path)
    if braces is None:
        return [path]
    return [
        variant
        for choice in braces.group(1).split(",")
        for variant in variants(path[: braces.start()] + choice + path[braces.end() :])
    ]


def missing_paths(name: str, text: str):
    """Yields the paths in backticks, and the scripts in commands, that the repository does not have."""
    folders = [ROOT, *(ROOT / name).parents]
    for quoted, script in CODE.findall(text):
        token = (quoted or script).split("::", 1)[0].rstrip(".,:;")
        top, slash, _ = token.partition("/")
        if not slash or top not in top_folders() or not PATH.fullmatch(token) or "<" in token:
            continue
        for path in variants(token):
            # From the top, or from the crate that the file is in.
            if not any(any(folder.glob(path)) for folder in folders if folder.is_relative_to(ROOT)):
                yield f"{name}: names `{path}`, which does not exist"


def main() -> int:
    names = sys.argv[1:] or sorted(tracked())
    problems = []
    for name in names:
        file = ROOT / name
        if file.suffix not in PROSE and not is_script(file):
            continue
        text = file.read_text()
        problems += too_wide(name, text)
        problems += missing_paths(name, text)
        if file.suffix == ".md":
            problems += broken_links(name, text)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
