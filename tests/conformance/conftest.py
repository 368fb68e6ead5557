"""Makes the modules beside the tests importable; skips what needs the suite where it is absent."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]


@pytest.fixture(scope="session")
def suite():
    """The cases of the SBML Test Suite."""
    from open_suite import ABSENT, cases, place

    if place() is None:
        pytest.skip(ABSENT)
    return cases()
