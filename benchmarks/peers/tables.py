"""Results as Markdown: the one table of benchmarks/README.md, and the long one."""

from typing import Any

import equal_error
from equal_error import TARGETS
from peers import PEERS, TITLES

BEGIN, END = "<!-- peers: by run.py, do not edit -->", "<!-- end of peers -->"
NONE = "—"
KEYS = tuple(f"{target:g}" for target in TARGETS)

Results = dict[str, Any]


def long_table(problems: Results) -> str:
    """A row a problem and peer; the two numbers of a cell are at the two targets."""

    def pair(r: dict[str, Any], key: str, form: str) -> str:
        values = [r[target][key] for target in KEYS]
        return " / ".join(NONE if v is None else format(round(v, 3), form) for v in values)

    columns = {"cpu": ",.0f", "wall": ",.0f", "steps": ",.0f", "step_us": ".3f", "ratio": ".2f"}
    lines = [
        "| problem | peer | runs/s by CPU | by wall | steps | CPU us a step | axissim / peer |",
        "|---|---|" + "--:|" * len(columns),
    ]
    for problem, found in problems.items():
        for r in equal_error.rows(found["points"]):
            cells = [pair(r, key, form) for key, form in columns.items()]
            lines.append(" | ".join([f"| {problem}", r["peer"], *cells]) + " |")
    return "\n".join(lines) + "\n"


def short_table(text: str, results: Results) -> str:
    """`text` with what is between the markers written anew."""
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"the page has no line '{BEGIN}' and '{END}' behind it")
    return f"{before}{BEGIN}\n\n{_summary(results)}\n{END}{after}"


def page(results: Results) -> str:
    """The long page: machine, versions, every peer and problem."""
    kept = {"date", "cpu", "system", "compiler", "python", "load"}
    told = [f"- {key}: {value}" for key, value in results.items() if key in kept]
    named = [f"- {TITLES[key]}: {value}" for key, value in results["versions"].items()]
    parts = [
        "# Peers: every figure",
        "By `run.py`; the two numbers of a cell are at a median-run error of 1e-3 and 1e-6.",
        "\n".join(told),
        long_table(results["problems"]),
        "## Versions",
        "\n".join(named),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(results: Results) -> str:
    """The table, who is ahead of axissim where, why there are dashes, times to a first result."""
    tables = {p: equal_error.rows(found["points"]) for p, found in results["problems"].items()}
    versions = dict.fromkeys(f"{value}" for value in results["versions"].values())
    parts = [
        f"Runs/s on two cores at a median-run error of 1e-3 / 1e-6, by CPU; {results['date']}, "
        f"{results['cpu']}, {results['compiler']}, load {results['load']} before it began. "
        "Bold: ahead of the best axissim method there. Empty: not a method for such a problem.",
        _wide(tables),
        _losses(tables),
        _dashes(results),
        _first(results),
        "Versions: " + "; ".join(versions) + ".",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _wide(tables: Results) -> str:
    """A row a peer, a column a problem."""
    by_name = {p: {r["peer"]: r for r in found} for p, found in tables.items()}
    lines = ["| peer | " + " | ".join(tables) + " |", "|---|" + "--:|" * len(tables)]
    for name in dict.fromkeys(peer.name for peer in PEERS):
        absent = {problem for peer in PEERS if peer.name == name for problem in peer.absent}
        nothing = {p: f"{NONE} / {NONE}" if p in absent else "" for p in tables}
        cells = [_cell(by_name[p].get(name)) or nothing[p] for p in tables]
        if any(name in found for found in by_name.values()):
            lines.append(f"| {TITLES[name]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(r: dict[str, Any] | None) -> str:
    """The two rates, bold where they are above ours; nothing where no such method is run."""
    if r is None:
        return ""
    texts = []
    for target in KEYS:
        rate, ratio = r[target]["cpu"], r[target]["ratio"]
        text = NONE if rate is None else _three_digits(rate)
        ahead = ratio is not None and ratio < 1.0 and not r["peer"].startswith("axissim")
        texts.append(f"**{text}**" if ahead else text)
    return " / ".join(texts)


def _three_digits(rate: float) -> str:
    """A rate with as many digits as it is worth."""
    return f"{float(f'{rate:.3g}'):,.0f}" if rate >= 99.95 else f"{rate:.3g}"


def _losses(tables: Results) -> str:
    """Who is ahead of axissim, by how much."""
    lines = []
    for problem, found in tables.items():
        ahead = [
            f"{TITLES[r['peer']]} at {target} ({1.0 / r[target]['ratio']:.2f} times)"
            for r in found
            for target in KEYS
            if r[target]["ratio"] and r[target]["ratio"] < 1.0
            and not r["peer"].startswith("axissim")
        ]  # fmt: skip
        lines.append(f"- `{problem}`: {', '.join(ahead) or 'nobody'}")
    return "Ahead of the best axissim method:\n\n" + "\n".join(lines)


def _dashes(results: Results) -> str:
    """Why a peer has no figure."""
    lines = []
    for problem, found in results["problems"].items():
        for peer in PEERS:
            if problem in peer.absent and peer.name in results["versions"]:
                lines.append(f"- {TITLES[peer.name]} on `{problem}`: {peer.absent[problem]}")
        for r in equal_error.rows(found["points"]):
            missed = [target for target in KEYS if r[target]["cpu"] is None]
            if missed:
                why = _why(found["points"][r["peer"]], found["troubles"].get(r["peer"], ""))
                lines.append(f"- {TITLES[r['peer']]} on `{problem}`, {' and '.join(missed)}: {why}")
    return f"Why a dash ({NONE}):\n\n" + "\n".join(lines) if lines else ""


def _why(points: equal_error.Points, trouble: str) -> str:
    known = equal_error.good(points)
    least = (
        f"its least error was {known[0]['emed']:.1e} at rtol {known[0]['rtol']:g}" if known else ""
    )
    if points and not known:
        least = "more than half of its runs failed"
    return "; ".join(filter(None, [least, trouble])) or "no result"


def _first(results: Results) -> str:
    """Seconds from nothing to the first result, a row a peer, a column a problem."""
    first = results["first"]
    if not first:
        return ""
    problems = list(dict.fromkeys(problem for found in first.values() for problem in found))
    lines = ["| peer | " + " | ".join(problems) + " |", "|---|" + "--:|" * len(problems)]
    for name, found in first.items():
        cells = [f"{found[p]:.1f}" if found.get(p) else NONE for p in problems]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return (
        "Seconds from nothing to the first result: a new process reads the problem, compiles what "
        "it needs and solves one run.\n\n" + "\n".join(lines)
    )
