"""How much one page may ask for: bounds on messages, runs, points, steps and connections."""

from __future__ import annotations

MESSAGE_BYTES = 64 * 1024
BODY_BYTES = 256 * 1024  # of a request for a file
CONNECTIONS = 64
POINTS = 2_000  # times saved of a run
FAN_RUNS = 200
FAN_POINTS = 200
OUTPUTS = 12
DOSES = 40
RUN_STEPS = 50_000  # a run that needs more is told as failed
FAN_STEPS = 5_000
PLANE_SIDE = 41  # points along a side of the phase plane
SECONDS = 60.0  # after which a page is told that its answer is late
