"""The shipped models and their cards, and reading a model from wherever it is."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from axissim.model.cache import cache_folder, code_hash, digest_of, write_whole
from axissim.model.citation import Citation, citation
from axissim.model.model import Model, ModelError, suggestion

_LISTED = "; `axissim list` shows the shipped ones"
_CLOCK = {"second": "s", "minute": "min", "hour": "h", "day": "d"}


@dataclass(frozen=True)
class Card:
    """What a shipped model is, from the front matter of its ``card.md``.

    Attributes
    ----------
    id, title, summary, axis, time_unit, licence : str
    origin : str
        ``published``; ``mended``, published but with defects that the card lists; or ``composite``,
        put together here from published parts.
    covariates : mapping
        What is known of a person (``sex``, ``age``, ``height``, ``weight``, ``residual``) to the
        parameters that it sets or, a gland's residual function, scales.
    parts : mapping
        Of a model that joins others: the name of each part to its model.
    inputs, outputs : tuple of str
        Ids worth changing, and worth looking at.
    span : tuple of float
        Start, stop and number of points of a run that shows the model.
    citations : tuple of Citation
    checks : tuple of str
        What is tested against published numbers.
    misfits : tuple of str
        Where the model is known to be wrong.
    note : str
        The prose of the card, Markdown.
    """

    id: str
    title: str = ""
    summary: str = ""
    origin: str = ""
    axis: str = ""
    time_unit: str = ""
    licence: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    span: tuple[float, float, int] = (0.0, 1.0, 101)
    citations: tuple[Citation, ...] = ()
    checks: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()
    covariates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    note: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.id:<24} {self.axis:<16} {self.time_unit:<4} {self.title}"


def folder() -> Path:
    """Where the shipped models are: in the wheel, or at the top of the source tree."""
    wheel = Path(str(resources.files("axissim"))) / "models"
    return wheel if wheel.is_dir() else Path(__file__).resolve().parents[3] / "models"


def shipped() -> tuple[str, ...]:
    """The ids of the shipped models, in order."""
    found = folder().glob("*/*.ant")
    return tuple(sorted(path.stem for path in found if path.stem == path.parent.name))


def models() -> list[Card]:
    """The cards of the shipped models; ``print(*models(), sep="\\n")`` is a table."""
    return [card(key) for key in shipped()]


def card(identifier: str) -> Card:
    """The card of a shipped model; ModelError with a suggestion if there is no such model."""
    if identifier not in shipped():
        near = suggestion(identifier, shipped()) or _LISTED
        raise ModelError(f"no shipped model '{identifier}'{near}")
    path = folder() / identifier / "card.md"
    text = path.read_text("utf-8") if path.is_file() else ""
    return _card(identifier, text, f"{identifier}/card.md")


def _card(identifier: str, text: str, label: str) -> Card:
    """A card from its text: YAML between two lines of dashes, then prose."""
    import yaml

    lines = text.split("\n")
    if lines[0].strip() != "---":
        return Card(identifier, title=identifier, note=text.strip())
    end = next((at for at, line in enumerate(lines[1:], 1) if line.strip() == "---"), len(lines))
    try:
        front = yaml.safe_load("\n".join(lines[1:end])) or {}
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise ModelError(f"{label}:{line}: not YAML; mend the front matter") from None
    if not isinstance(front, dict):
        raise ModelError(f"{label}:2: the front matter holds no keys; write `key: value` lines")
    return _from_front(identifier, front, "\n".join(lines[end + 1 :]).strip(), label)


def _from_front(identifier: str, front: Mapping[str, Any], note: str, label: str) -> Card:
    known = {key for key in Card.__dataclass_fields__ if key != "note"}
    for key in front:
        if key not in known:
            raise ModelError(f"{label}:2: unknown key '{key}'" + suggestion(str(key), known))
    said: dict[str, Any] = {"id": identifier, "title": identifier, "note": note}
    for key, given in front.items():
        if key in ("inputs", "outputs", "checks", "misfits"):
            said[key] = tuple(_spelt(item) for item in given or ())
        elif key == "citations":
            said[key] = tuple(citation(item, label) for item in given or ())
        elif key == "covariates":
            said[key] = {str(name): tuple(ids) for name, ids in (given or {}).items()}
        elif key == "parts":
            said[key] = {str(name): str(part) for name, part in (given or {}).items()}
        elif key == "span":
            said[key] = _span(given, label)
        elif key == "time_unit":
            said[key] = _CLOCK.get(str(given), str(given))
        else:
            said[key] = " ".join(str(given).split())
    return Card(**said)


def _span(given: Any, label: str) -> tuple[float, float, int]:
    try:
        start, stop, points = given
        return float(start), float(stop), int(points)
    except (TypeError, ValueError):
        raise ModelError(f"{label}:2: span is 'start, stop, points'; give these three") from None


def _spelt(given: Any) -> str:
    if isinstance(given, dict):
        return "; ".join(f"{key}: {value}" for key, value in given.items())
    return " ".join(str(given).split())


def load(source: str | Path) -> Model:
    """Read a model.

    Parameters
    ----------
    source : str or Path
        The id of a shipped model, a path to a file (``.ant``, ``.xml``, ``.sbml``), or the text
        itself, Antimony or SBML.

    Raises
    ------
    ModelError
        ``file:line: what; the mend``.
    """
    if isinstance(source, str) and _is_text(source):
        return _read_text(source)
    path = _path(source)
    if str(source) in shipped():
        return _remembered(path)
    return _read_file(path, str(source))


def _remembered(path: Path) -> Model:
    """A shipped model, from the cache if it has been read before: libSBML takes its time."""
    made_from = [path.read_bytes(), code_hash("model", "model/reading").encode()]
    if b"import" in made_from[0]:
        made_from += [other.read_bytes() for other in sorted(folder().glob("*/*.ant"))]
    kept = cache_folder() / f"axissim_{path.stem}_{digest_of(made_from)}.pickle"
    try:
        found = pickle.loads(kept.read_bytes())
    except Exception:  # not there, or damaged in any way
        found = None
    if not isinstance(found, Model):
        found = _read_file(path, path.name)
        write_whole(kept, pickle.dumps(found))
    return found


def _read_text(source: str) -> Model:
    from axissim.model.reading.antimony import read_antimony
    from axissim.model.reading.sbml import read_sbml

    if source.lstrip("\ufeff \t\r\n").startswith("<"):
        return read_sbml(source.lstrip().encode(), "text")
    return read_antimony(source, "text")


def _read_file(path: Path, label: str) -> Model:
    from axissim.model.reading.antimony import read_antimony
    from axissim.model.reading.sbml import read_sbml

    data = _bytes(path)
    begins = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if path.suffix.lower() in (".xml", ".sbml") or begins.startswith((b"<", b"\x1f\x8b")):
        return read_sbml(data, label, path=path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelError(f"{label}:1: not UTF-8 text; save it as UTF-8") from None
    library = folder().resolve()
    root = library if path.resolve().is_relative_to(library) else None
    return read_antimony(text, label, path, root)


def _is_text(source: str) -> bool:
    return "\n" in source or source.lstrip().startswith(("model ", "model\t", "<?xml", "<sbml"))


def _path(source: str | Path) -> Path:
    """The file that `source` names; ModelError if there is none."""
    if str(source) in shipped():
        return folder() / str(source) / f"{source}.ant"
    path = Path(source)
    if path.is_file():
        return path
    looks_like_path = len(path.parts) > 1 or path.suffix
    if looks_like_path:
        raise ModelError(f"{source}: no such file; give the path of an .ant or .xml file")
    near = suggestion(str(source), shipped()) or _LISTED
    raise ModelError(f"'{source}' is neither a shipped model nor a file{near}")


def _bytes(path: Path) -> bytes:
    from axissim.model.reading.scan import MOST_BYTES

    try:
        if path.stat().st_size > MOST_BYTES:
            raise ModelError(f"{path}:1: over {MOST_BYTES >> 20} MB; split the model")
        return path.read_bytes()
    except OSError as wrong:
        raise ModelError(f"{path}: cannot be read ({wrong.strerror})") from None
