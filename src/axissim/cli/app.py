"""The commands together, and what happens when one goes wrong: one line, and an exit code."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from axissim.cli.bench import bench
from axissim.cli.catalogue import list_models, show
from axissim.cli.cite import cite
from axissim.cli.compare import compare
from axissim.cli.continuing import continue_
from axissim.cli.convert import convert
from axissim.cli.cycle import cycle
from axissim.cli.diagnose import diagnose
from axissim.cli.drawing import plot
from axissim.cli.fit import fit
from axissim.cli.keeping import verify
from axissim.cli.lab import lab
from axissim.cli.machine import doctor, warmup
from axissim.cli.run import run
from axissim.cli.sensitivity import sensitivity
from axissim.cli.steady import steady
from axissim.cli.study import study
from axissim.cli.sweep import sweep
from axissim.cli.tune import tune
from axissim.cli.validate import validate

ERROR, USAGE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("list")(list_models)
app.command("continue")(continue_)
for command in (
    show,
    cite,
    run,
    sweep,
    steady,
    cycle,
    fit,
    verify,
    diagnose,
    sensitivity,
    study,
    tune,
    bench,
    lab,
    plot,
    convert,
    validate,
    compare,
    doctor,
    warmup,
):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"axissim {version('axissim')}")
        raise typer.Exit


@app.callback()
def axissim(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the code an error arose.")
    ] = False,
) -> None:
    """Neuroendocrine models: machine code made for each, one run or a million.

    Exit codes: 0 all is well, 1 an error, 2 a wrong command or model, 3 some runs failed, 4 two
    models differ or an audit found more than promised, 130 interrupted, with what is done kept.
    For research and teaching; not medical advice.
    """
    del version
    os.environ["AXISSIM_DEBUG"] = "1" if debug else ""


def main(arguments: list[str] | None = None) -> None:
    """Run a command line and leave with its exit code."""
    os.environ.pop("AXISSIM_DEBUG", None)
    try:
        code = typer.main.get_command(app).main(arguments, "axissim", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ERROR
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        code = INTERRUPTED
    except Exception as wrong:
        if os.environ.get("AXISSIM_DEBUG"):
            raise
        text, code = explained(wrong)
        print(f"error: {text}", file=sys.stderr)
    sys.exit(code if isinstance(code, int) else 0)


def explained(wrong: Exception) -> tuple[str, int]:
    """One line about an exception, and the exit code that it deserves."""
    said: Any = getattr(wrong, "format_message", None)  # what the parser of arguments raises
    if said is not None:
        return _line(said()), USAGE
    if isinstance(wrong, (FileExistsError, FileNotFoundError)):
        return _os_line(wrong), USAGE
    if isinstance(wrong, OSError):
        return _os_line(wrong), ERROR
    if isinstance(wrong, ValueError):
        return _line(str(wrong)), USAGE
    if isinstance(wrong, MemoryError):
        return "not enough memory; keep fewer times or outputs, or make fewer runs", ERROR
    return f"{type(wrong).__name__}: {_line(str(wrong))} (axissim --debug shows where)", ERROR


def _os_line(wrong: OSError) -> str:
    if wrong.strerror:
        return f"{wrong.filename}: {wrong.strerror}" if wrong.filename else wrong.strerror
    return _line(str(wrong))


def _line(text: str) -> str:
    return " ".join(text.split()) or "no word of what is wrong"
