"""Pictures of results: a Dataset in, a matplotlib Figure out; nothing is computed but layout.

No state of pyplot is touched, so that these work on a server, in threads and in notebooks alike::

    figure = ax.plot.picture(ds)
    figure.savefig("sweep.png")
"""

from axissim.plot.bands import bands
from axissim.plot.bifurcation import bifurcation
from axissim.plot.curves import fan, timecourse
from axissim.plot.failures import failures
from axissim.plot.fits import fits, profiles, waterfall
from axissim.plot.importance import importance
from axissim.plot.maps import heatmap
from axissim.plot.overview import overview
from axissim.plot.phase import phase_plane
from axissim.plot.picture import KINDS, picture
from axissim.plot.precision import precision
from axissim.plot.sensitivities import sensitivities
from axissim.plot.ternary import ternary
from axissim.plot.tornado import tornado
from axissim.plot.tuning import tuning

__all__ = [
    "KINDS",
    "bands",
    "bifurcation",
    "failures",
    "fan",
    "fits",
    "heatmap",
    "importance",
    "overview",
    "phase_plane",
    "picture",
    "precision",
    "profiles",
    "sensitivities",
    "ternary",
    "timecourse",
    "tornado",
    "tuning",
    "waterfall",
]
