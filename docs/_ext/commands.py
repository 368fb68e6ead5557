"""The reference of the command line: a page a command, made from what the program reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click
import typer
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from _ext.repository import DOCS, write
from axissim.cli.app import app as program

FOLDER = DOCS / "reference" / "commands"


def index(group: Any) -> Iterator[str]:
    """The lines of the page of all commands."""
    yield "# The command line\n"
    yield f"{prose(group.help)}\n"
    yield "`axissim COMMAND --help` shows what these pages show; they are made from it.\n"
    yield "| command | what it does |\n|---|---|"
    for name, command in group.commands.items():
        yield f"| [`{name}`]({name}.made) | {escaped(first(command))} |"
    yield "\n```{program} axissim\n```"
    yield from options(group, click.Context(group, info_name="axissim"))
    yield "\n```{toctree}\n:hidden:\n:maxdepth: 1\n"
    yield from group.commands
    yield "```"


def page(name: str, command: Any) -> Iterator[str]:
    """The lines of a command's page."""
    context = click.Context(command, info_name=f"axissim {name}")
    yield f"# axissim {name}\n"
    yield f"```{{program}} axissim {name}\n```\n"
    yield f"```text\n{' '.join(command.get_usage(context).split()).removeprefix('Usage: ')}\n```\n"
    yield prose(command.help or "")
    for title, kind in (("Arguments", "argument"), ("Options", "option")):
        lines = [*options(command, context, kind)]
        if lines:
            yield f"\n## {title}\n"
            yield from lines


def options(command: Any, context: click.Context, kind: str = "option") -> Iterator[str]:
    """What a command takes, each with its help."""
    for parameter in command.get_params(context):
        told = parameter.get_help_record(context)
        if parameter.param_type_name == kind and told is not None:
            yield f"````{{option}} {told[0]}\n{escaped(told[1])}\n````\n"


def first(command: Any) -> str:
    """The first sentence of a command's help."""
    return " ".join((command.help or "").split("\n\n")[0].split())


def prose(text: str) -> str:
    """Help as Markdown: paragraphs; what a line of \\b keeps as it is is a block of code."""
    blocks = []
    for block in text.split("\n\n"):
        kept = block.removeprefix("\b\n")
        blocks.append(f"```text\n{kept}\n```" if kept != block else escaped(block))
    return "\n\n".join(blocks)


def escaped(text: str) -> str:
    """Words that Markdown leaves as they are, but for what stands in backticks."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(
        part if part.startswith("`") else re.sub(r"([\\*_<>\[\]{}|$#~])", r"\\\1", part)
        for part in parts
    )


def make() -> None:
    """Write the pages, and take away those of commands that are no more."""
    group: Any = typer.main.get_command(program)
    write(FOLDER / "index.made", "\n".join(index(group)) + "\n")
    for name, command in group.commands.items():
        write(FOLDER / f"{name}.made", "\n".join(page(name, command)) + "\n")
    for path in FOLDER.glob("*.made"):
        if path.stem not in (*group.commands, "index"):
            path.unlink()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in a build."""
    app.connect("config-inited", lambda *_: make())
    return {"parallel_read_safe": True}
