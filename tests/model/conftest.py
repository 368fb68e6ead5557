"""Makes the modules beside the tests importable; gives a property test the time it needs."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
settings.register_profile("axissim", deadline=None)  # the first factorial imports SciPy
settings.load_profile("axissim")
