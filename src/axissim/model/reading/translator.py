"""Text to plain SBML by C libraries; run as a program, apart and with limits.

It answers lines: each asks in JSON for a task and gives its text, and is answered by one of JSON.
Nothing of axissim is imported here, so that the process starts quickly.
"""

from __future__ import annotations

import json
import os
import sys
import time

MOST_MEMORY = 2**30
MOST_SECONDS = 4


def translated(text: str) -> dict[str, str]:
    """Translate the last module of `text`, or the one marked with a star.

    Returns
    -------
    dict
        ``main`` and ``sbml``, the module's name and text, or ``error``, libantimony's words.
    """
    import antimony

    antimony.clearPreviousLoads()
    antimony.clearDirectories()
    try:
        if antimony.loadAntimonyString(text) >= 0:
            main = str(antimony.getMainModuleName())
            sbml = _sbml(main)
            if sbml:
                return {"main": main, "sbml": sbml}
        return {"error": str(antimony.getLastError())}
    except UnicodeDecodeError:  # libantimony cut a letter in two in its own message
        return {"error": "cannot be read; look for letters that are not ASCII"}
    finally:
        antimony.clearPreviousLoads()
        antimony.freeAll()


def _sbml(main: str) -> str:
    """A module as SBML, submodules left whole: libantimony loses their units in joining them."""
    import antimony

    whole = str(antimony.getCompSBMLString(main))
    return whole if "<comp:submodel " in whole else str(antimony.getSBMLString(main))


def flattened(text: str) -> dict[str, str]:
    """Put the submodels of an SBML text into its model, with files from the current folder.

    Returns
    -------
    dict
        ``sbml``, or ``error``, libSBML's words.
    """
    import libsbml

    document = libsbml.readSBMLFromString(text)
    options = libsbml.ConversionProperties()
    for option, given in (("flatten comp", True), ("performValidation", False)):
        options.addOption(option, given)
    options.addOption("leavePorts", False)
    document.setLocationURI("file:model.xml")
    done = document.convert(options)
    model = document.getModel()
    submodels = model.getPlugin("comp") if model is not None else None
    if done == libsbml.LIBSBML_OPERATION_SUCCESS and not submodels:
        return {"sbml": str(libsbml.writeSBMLToString(document))}
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    found = [error for error in errors if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    return {"error": str(found[-1].getMessage()) if found else "libSBML cannot flatten it"}


def _limit() -> None:
    """Hold the next answer to the memory and time above, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = int(time.process_time()) + 1 + MOST_SECONDS
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def _serve() -> None:
    """Answer until there is nothing more to read."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # the libraries print where they like
    tasks = {"translated": translated, "flattened": flattened}
    for line in sys.stdin.buffer:
        task, text = json.loads(line)
        _limit()
        answers.write(json.dumps(tasks[task](text)) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve()
