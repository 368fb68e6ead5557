"""The hostile files and texts, and what each deserves."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apart import Answer

ABSENT = (
    "the hostile corpus is not here: give its folder as AXISSIM_HOSTILE, "
    "or put it at ../shared/hostile"
)
PWNED = "axissim_pwned"  # the file that injected code would write
_TRUTH = re.compile(r"x\(t\) = 1 \+ (\d+)(\*0\.001)?")
_READ = ("root:", "localhost")  # words of files that the corpus tries to have read
_ANTIMONY = {  # what each text deserves; any clean outcome where it is not named
    "deep_parens_2000": "reject",
    "deep_parens_50000": "reject",
    "deep_parens_1000000": "reject",
    "self_module": "reject",
    "mutual_module": "reject",
    "module_bomb_2^20": "reject",
    "import_passwd": "reject",
    "import_http": "reject",
    "injection_id": "reject",
    "nul": "reject",
    "unicode": "reject",
    "unterminated": "reject",
    "recursive_function": "reject",
    "cycle": "reject",
}


@dataclass(frozen=True)
class Hostile:
    """One input: a file or a text, what is done with it, and what it deserves.

    Attributes
    ----------
    name : str
    call : str
        The function of ``subject.py``.
    given : str
        Its argument.
    want : str
        ``reject`` a typed error of one line; ``solve`` the right answer; ``flag`` finite, or told
        by the status; ``any`` clean outcome.
    note : str
        What the right answer is.
    """

    name: str
    call: str
    given: str
    want: str
    note: str = ""


def place() -> Path | None:
    """The folder of the corpus' makers, or None."""
    said = os.environ.get("AXISSIM_HOSTILE", "")
    beside = Path(__file__).resolve().parents[3] / "shared" / "hostile"
    folder = Path(said) if said else beside
    return folder if folder.is_dir() else None


def inputs(folder: Path) -> list[Hostile]:
    """Every input, its files made in `folder`; FileNotFoundError without the corpus."""
    where = place()
    if where is None:
        raise FileNotFoundError(ABSENT)
    made = subprocess.run([sys.executable, where / "make_hostile.py"], cwd=folder, check=True,
                          capture_output=True)  # fmt: skip
    assert made.returncode == 0
    manifest = json.loads((folder / "manifest.json").read_text())
    files = [
        Hostile(name, "from_file", str(folder / "files" / name), said["want"], said.get("note", ""))
        for name, said in manifest.items()
    ]
    return [*files, *_texts(where / "antimony_probe.py")]


def _texts(script: Path) -> Iterator[Hostile]:
    """The Antimony texts: the dictionary T of a script that is read here, not run."""
    for node in ast.parse(script.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "T":
            made = eval(compile(ast.Expression(node.value), str(script), "eval"), {})
            for name, text in made.items():
                yield Hostile(f"antimony {name}", "from_text", text, _ANTIMONY.get(name, "any"))


def fault(one: Hostile, answer: Answer, words: str) -> str:
    """What is wrong with an outcome, or ""; `words` is all that the process said."""
    if answer.kind in ("timeout", "crash"):
        return f"{answer.kind}: {answer.value}"
    if answer.megabytes >= 2048:
        return f"{answer.megabytes} MB"
    if any(word in f"{answer.value}{words}" for word in _READ):
        return "a file was read"
    if answer.kind != "ok":
        return _error_fault(one, str(answer.value))
    return _result_fault(one, answer.value)


def _error_fault(one: Hostile, message: str) -> str:
    if not re.match(r"(Unsupported)?ModelError: ", message):
        return f"not a ModelError: {message}"
    if "\n" in message:
        return f"more than a line: {message!r}"
    return f"refused: {message}" if one.want == "solve" else ""


def _result_fault(one: Hostile, result: dict[str, Any]) -> str:
    flagged = result["status"] != "ok"
    if one.want == "reject" and result["status"] != "event_error":
        return f"ran: {result}"[:300]
    if not flagged and not result["finite"]:
        return "ok, and yet not finite"
    if one.want == "solve":
        truth = _TRUTH.match(one.note)
        wanted = {"x": 1 + 10 * float(truth[1]) * (0.001 if truth[2] else 1.0)} if truth else {}
        wanted |= {"n": 1.0} if "n must be 1" in one.note else {}
        for key, number in wanted.items():
            if not abs(result["last"][key] - number) < 1e-6 * number:
                return f"{key} is {result['last'][key]}, not {number}"
        return "flagged" if flagged else ""
    return ""
