"""A study's report: one HTML file that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from axissim.report.arms import Ran
from axissim.report.look import CSS
from axissim.report.pictures import courses, readouts
from axissim.report.stated import Study
from axissim.report.verdict import AGAINST, SUPPORTED, UNDECIDED, Found, overall
from axissim.report.wording import (
    changes,
    deed,
    expected,
    flat,
    measured,
    span_of,
    spread,
    verdict_words,
    with_interval,
)

_TONE = {SUPPORTED: "supported", AGAINST: "against"}


def page(study: Study, ran: Sequence[Ran], found: Sequence[Found], command: str) -> str:
    """The report of a study that has run, as the text of an HTML file."""
    parts = [
        _head(study, found),
        _section("Hypothesis", [_paragraph(study.hypothesis), *_paragraphs(study.background)]),
        _section("What decides", [_tests(study, found)]),
        _section("What was found", [_pictures(study, ran), _numbers(study, ran)]),
        _section("What was run", [_done(study), _arms(study)]),
        _section("How far to trust it", [_trust(study, ran)]),
        _section("Sources", [_sources(study)]),
        _section("To run it again", [_again(study, ran, command)]),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(study.title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _head(study: Study, found: Sequence[Found]) -> str:
    verdict = overall(found)
    held = sum(one.verdict == SUPPORTED for one in found)
    said = "".join(
        f'<li class="{_tone(one.verdict)}">{escape(flat(one.test.claim))} '
        f"<span>{escape(with_interval(study, one))}; expected {escape(expected(one))}: "
        f"<b>{one.verdict}</b></span></li>"
        for one in found
    )
    return (
        f'<header><p class="kind">A study in silico</p><h1>{escape(study.title)}</h1>'
        f'<p class="question">{escape(flat(study.question))}</p>'
        f'<div class="verdict {_tone(verdict)}"><strong>{verdict_words(verdict)}.</strong> '
        f"{held} of {len(found)} criteria hold.<ul>{said}</ul></div>"
        '<p class="note">What is found holds in a model, for the runs described below. It is a '
        "hypothesis to be tested in people, for research and teaching; not medical advice.</p>"
        "</header>"
    )


def _tests(study: Study, found: Sequence[Found]) -> str:
    rows = [
        [
            escape(flat(one.test.claim))
            + f'<br><span class="faint">{escape(measured(study, one.test))}</span>',
            escape(with_interval(study, one)).replace(" (", '<br><span class="faint">(')
            + ("</span>" if not np.isnan(one.low) else ""),
            escape(expected(one)),
            (f"word {_tone(one.verdict)}", escape(one.verdict)),
        ]
        for one in found
    ]
    heads = ["Criterion", "Found", "Expected", "Verdict"]
    notes = "".join(f'<p class="note">{escape(text)}</p>' for text in _notes(study, found))
    return _table(heads, rows) + notes


def _notes(study: Study, found: Sequence[Found]) -> Iterable[str]:
    """What an interval is, which runs are left out, and why a criterion is undecided."""
    people = min(one.people for one in found)
    yield (
        f"An interval is a percentile bootstrap over {people:,} runs ({study.resamples:,} draws, "
        f"seed {study.seed}), each keeping together what it gave in every arm. It is of chance "
        "among the runs, not of whether the model is right. Supported: all of the interval is as "
        "expected; not supported: none of it; undecided: some."
        if study.people > 1
        else "One run an arm: its numbers decide, without chance."
    )
    for one in found:
        if one.people < study.people or one.verdict == UNDECIDED:
            yield f"{flat(one.test.claim)} {one.verdict.capitalize()}: {one.why}."


def _pictures(study: Study, ran: Sequence[Ran]) -> str:
    several = study.people > 1
    said = (
        " Lines are medians at each time (peaks that come at different times flatten), shades the "
        "middle nine tenths of the runs."
    )
    shades = said if several else ""
    dots = " Dots are runs, bars the middle half, rings medians." if several else ""
    return (
        f"<figure>{courses(study, ran)}<figcaption>Courses in each arm.{shades}</figcaption>"
        f"</figure><figure>{readouts(study, ran)}<figcaption>What was read off each run.{dots}"
        "</figcaption></figure>"
    )


def _numbers(study: Study, ran: Sequence[Ran]) -> str:
    heads = ["Read-out", *(one.arm.label for one in ran)]
    rows: list[list[Any]] = []
    for readout in study.readouts:
        unit = f" ({readout.unit})" if readout.unit else ""
        row: list[Any] = [
            f"{escape(readout.label + unit)}<br><code>{escape(readout.summary.text)}</code>"
            + f'<br><span class="faint">{span_of(study, readout.over)}</span>'
        ]
        for one in ran:
            values = one.values[readout.name]
            values = values[np.isfinite(values)]
            row.append(("number", spread(values)))
        rows.append(row)
    return _table(heads, rows, numbers=True)


def _done(study: Study) -> str:
    card = study.card
    title = f"{card.title} (<code>{escape(study.source)}</code>)" if card else escape(study.source)
    start, stop, points = study.times
    facts = {
        "Model": title + (f"<br>{escape(card.summary)}" if card else ""),
        "Runs": escape(f"{study.design_text}; in each of {len(study.arms)} arm(s)"),
        "Times": f"{span_of(study, (start, stop))}, {points:,} points; "
        f"shown {span_of(study, study.show)}",
        "In every run": escape(changes(study.params, study.init)) or "the model's own values",
    }
    return _facts(facts)


def _arms(study: Study) -> str:
    rows = [
        [
            f"{escape(arm.label)}<br><code>{escape(arm.name)}</code>",
            escape(changes(arm.params, arm.init)) or "\u2013",
            "<br>".join(escape(deed(one)) for one in arm.protocol) or "\u2013",
        ]
        for arm in study.arms
    ]
    return _table(["Arm", "Values", "What is done"], rows)


def _trust(study: Study, ran: Sequence[Ran]) -> str:
    from axissim.study.audit import Report

    rows = []
    for one in ran:
        ended = ", ".join(f"{count:,} {word}" for word, count in one.status.items())
        told = {key: value for key, value in one.audit.items() if key != "kept"}
        line = Report(**told).line().removeprefix("audit: ") if told else "not asked for"
        rows.append([escape(one.arm.label), escape(ended), escape(line)])
    table = _table(["Arm", "How runs ended", "Audit"], rows)
    misfits = study.card.misfits if study.card else ()
    if not misfits:
        return table
    listed = "".join(f"<li>{escape(text)}</li>" for text in misfits)
    return f"{table}<h3>Where the model is known to be wrong</h3><ul>{listed}</ul>"


def _sources(study: Study) -> str:
    items = [escape(text) for text in study.sources]
    for one in study.card.citations if study.card else ():
        link = one.url or (f"https://doi.org/{one.doi}" if one.doi else "")
        anchor = f' <a href="{escape(link, True)}">{escape(one.doi or link)}</a>' if link else ""
        items.append(f"{escape(one.text)}{anchor}")
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f"<ol>{listed}</ol>" if listed else "<p>The model has no card, the study names none.</p>"


def _again(study: Study, ran: Sequence[Ran], command: str) -> str:
    attrs = ran[0].ds.attrs
    config = json.loads(attrs["config"])
    versions = ", ".join(f"{name} {number}" for name, number in _versions(attrs).items())
    facts = {
        "Command": f"<code>{escape(command)}</code>",
        "Model": f"<code>{escape(attrs['model_id'])}</code>, "
        f"hash <code>{attrs['model_hash']}</code>",
        "Method": escape(f"{config['method']}, rtol {config['rtol']:g}"),
        "Seed": str(study.seed),
        "Versions": escape(versions),
        "Made": escape(attrs["created"]),
    }
    text = f"<details><summary>{escape(study.path.name)}</summary><pre>{escape(study.text)}</pre>"
    return _facts(facts) + text + "</details>"


def _versions(attrs: Any) -> dict[str, str]:
    import platform

    return {**json.loads(attrs["versions"]), "Python": platform.python_version()}


def _section(title: str, parts: Iterable[str]) -> str:
    return f"<section><h2>{title}</h2>{''.join(parts)}</section>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(flat(text))}</p>"


def _paragraphs(text: str) -> list[str]:
    return [_paragraph(part) for part in text.split("\n\n") if part.strip()]


def _facts(facts: dict[str, str]) -> str:
    return (
        "<dl>" + "".join(f"<dt>{key}</dt><dd>{said}</dd>" for key, said in facts.items()) + "</dl>"
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]], numbers: bool = False) -> str:
    """A table; a cell is HTML, or its class and HTML."""

    def cell(given: Any) -> str:
        kind, text = given if isinstance(given, tuple) else ("", given)
        return f'<td class="{kind}">{text}</td>' if kind else f"<td>{text}</td>"

    kinds = ["", *(' class="number"' if numbers else "" for _ in heads[1:])]
    top = "".join(f"<th{kind}>{escape(h)}</th>" for kind, h in zip(kinds, heads, strict=True))
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _tone(verdict: str) -> str:
    return _TONE.get(verdict, "undecided")
