"""Studies: a hypothesis in a file, its runs, the test that decides, and a report to read."""

from axissim.report.reading import read_study
from axissim.report.stated import Study
from axissim.report.studying import study

__all__ = ["Study", "read_study", "study"]
