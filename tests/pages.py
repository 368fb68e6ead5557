"""Pages of Markdown: their blocks, the commands in them, and whether what they show is so.

Blocks of ``python``, ``sh`` and ``console`` are run; ``py`` is Python of another tool's, and no
language is what a reader is only told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[1]
SHELL = ("sh", "bash", "console")
PYTHON = ("python", "{code-cell}")

_FENCE = re.compile(r"^( *)(`{3,})([^\n`]*)\n(.*?)^\1\2[ \t]*$", re.DOTALL | re.MULTILINE)
_NUMBER = r"[-+]?(?:\d[\d,]*)(?:\.\d+)?(?:e[-+]?\d+)?"
_TIME = rf"{_NUMBER}(?=\s(?:s|ms|us|runs/s)\b)"
_PIECES = re.compile(
    rf"(?P<any>\.\.\.)|(?<![\w.])(?:(?P<time>{_TIME})|(?P<number>{_NUMBER})(?!\w))|(?P<space>\s+)"
)


@dataclass(frozen=True)
class Block:
    """A fenced block: the line of its first line, its language, the file it is, its text.

    A block is a file if its first line is a comment with nothing but the file's name.
    `close` is whether only empty lines lie between it and the block before.
    """

    line: int
    kind: str
    text: str
    close: bool = False

    @property
    def file(self) -> str:
        """The name of the file that this block is, or nothing."""
        first = re.match(r"(?:#|//) ([\w./-]+\.\w+)\n", self.text)
        return first[1] if first and self.kind not in SHELL else ""


@dataclass(frozen=True)
class Command:
    """A command line of a block, where it is, and what the page shows below it, if it does."""

    line: int
    text: str
    shown: str | None = None

    @property
    def exit(self) -> int:
        """How the page says that it ends: a comment `# exits with 4`, else 0."""
        told = re.search(r"#.*\bexits with (\d+)", self.text)
        return int(told[1]) if told else 0


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found, end = [], 0
    for match in _FENCE.finditer(text):
        kind = (match[3].split() or [""])[0]
        body = dedent(match[4])
        if kind.startswith("{"):  # without the options of a directive
            body = re.sub(r"\A(?::[^\n]*\n|---\n.*?\n---\n)+", "", body, flags=re.DOTALL)
        line = text.count("\n", 0, match.end(3)) + 2 + match[4].count("\n") - body.count("\n")
        found.append(Block(line, kind, body, not text[end : match.start()].strip()))
        end = match.end()
    return found


def commands(block: Block) -> list[Command]:
    """The command lines of a block: lines joined at a backslash, and a text between two ENDs."""
    found: list[Command] = []
    lines = list(enumerate(block.text.splitlines(), block.line))
    while lines:
        number, line = lines.pop(0)
        if block.kind == "console":
            if not line.startswith("$ "):
                if found:
                    found[-1] = _below(found[-1], line)
                continue
            line = line[2:]
        while line.endswith("\\"):
            line = f"{line[:-1].rstrip()} {lines.pop(0)[1].strip()}"
        if here := re.search(r"<< *'?(\w+)'?", line):
            while not line.endswith(f"\n{here[1]}"):
                line += f"\n{lines.pop(0)[1]}"
        if line.strip() and not line.startswith("#"):
            found.append(Command(number, line))
    return found


def _below(command: Command, line: str) -> Command:
    return Command(command.line, command.text, f"{command.shown or ''}{line}\n")


def unlike(shown: str, came: str) -> str:
    """What of `shown` did not come out, or nothing.

    A page may leave out lines before and after; within, `...` stands for anything and white space
    for white space. A whole number must be the same, one with a fraction may lie one unit of its
    last digit apart, and how long something took (`1.2 s`, `500 runs/s`) is not compared.
    """
    numbers: list[str] = []

    def piece(match: re.Match[str]) -> str:
        if match["number"]:
            numbers.append(match["number"])
            return f"({_NUMBER})"
        if match["time"]:
            return _NUMBER
        return ".*?" if match["any"] else r"\s+"

    pattern, end = "", 0
    for match in _PIECES.finditer(shown.strip()):
        pattern += re.escape(shown.strip()[end : match.start()]) + piece(match)
        end = match.end()
    pattern += re.escape(shown.strip()[end:])
    found = re.search(rf"^[ \t]*{pattern}[ \t]*$", came, re.DOTALL | re.MULTILINE)
    if found is None:
        return "other words, or another count of numbers"
    wrong = [f"{a} but {b}" for a, b in zip(numbers, found.groups(), strict=True) if _apart(a, b)]
    return ", ".join(wrong)


def _apart(shown: str, came: str) -> bool:
    """Whether two numbers differ by more than one unit of the last digit shown."""
    mantissa, _, power = shown.replace(",", "").partition("e")
    digits = len(mantissa.partition(".")[2])
    unit = 10.0 ** (int(power or 0) - digits) if digits or power else 0.0
    return abs(float(shown.replace(",", "")) - float(came.replace(",", ""))) > 1.000001 * unit
