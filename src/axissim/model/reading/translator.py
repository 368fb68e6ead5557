"""Text to plain SBML by C libraries; run as a program, alone in a process with limits.

Nothing of axissim is imported here, so that the process starts quickly.
"""

from __future__ import annotations

import json
import sys

MOST_MEMORY = 2 * 2**30
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
            sbml = antimony.getSBMLString(main)
            if sbml:
                return {"main": main, "sbml": str(sbml)}
        return {"error": str(antimony.getLastError())}
    except UnicodeDecodeError:  # libantimony cut a letter in two in its own message
        return {"error": "cannot be read; look for letters that are not ASCII"}
    finally:
        antimony.clearPreviousLoads()
        antimony.freeAll()


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


def _limited() -> None:
    """Hold this process to the memory and time above, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limited()
    task = {"translated": translated, "flattened": flattened}[sys.argv[1]]
    sys.stdout.write(json.dumps(task(sys.stdin.buffer.read().decode("utf-8"))))
