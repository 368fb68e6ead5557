"""How fast the lab answers, as a page sees it: first picture, a slider, a fan of 200 runs.

    python benchmarks/lab.py [--moves 100]

Needs `axissim[lab]`, playwright and a Chromium on the path. Times are from the moment a slider has
a new value to the moment the curve with it is drawn; the second visit is timed, when the equations
are compiled already.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

# model, slider, and how far it is moved
CASES = (
    ("dopamine_terminal", "fire"),
    ("thyroid_human", "d1"),
    ("menstrual_cycle", "GnRH_frequency"),
    ("motivational_axis", "stress"),
)
MOVED = """async ([slider, moves, sign]) => {
  const knob = document.querySelector(`[data-testid=slider-${slider}]`);
  const times = [];
  for (let i = 0; i < moves + 5; i += 1) {
    const begun = performance.now();
    const drawn = new Promise((done) => {
      const watch = new MutationObserver(() => { watch.disconnect(); done(); });
      watch.observe(document.body, { attributes: true, attributeFilter: [sign] });
    });
    knob.value = 480 + (i % 40);
    knob.dispatchEvent(new Event("input", { bubbles: true }));
    await drawn;
    if (i >= 5) times.push(performance.now() - begun);
    await new Promise((done) => setTimeout(done, 20));
  }
  return times;
}"""


@contextmanager
def served() -> Iterator[tuple[str, float]]:
    """A lab in a process of its own: its address, and the seconds until it told it."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "axissim", "lab", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            yield next(w for w in said.split() if w.startswith("http")), time.perf_counter() - begun
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


def first_picture(browser: Any, address: str, model: str) -> float:
    """Seconds from opening the page to its first curve."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    begun = time.perf_counter()
    page.goto(f"{address}#/model/{model}")
    page.wait_for_selector("body[data-answered] .panel canvas", timeout=120_000)
    seconds = time.perf_counter() - begun
    page.close()
    return seconds


def moved(browser: Any, address: str, model: str, slider: str, moves: int, fan: bool) -> Any:
    """Milliseconds of each move of a slider."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}#/model/{model}" + ("?fan=moved" if fan else ""))
    sign = "data-fan" if fan else "data-answered"
    page.wait_for_selector(f"body[{sign}] .panel canvas", timeout=120_000)
    page.wait_for_timeout(500)
    times = page.evaluate(MOVED, [slider, moves, sign])
    page.close()
    return np.array(times)


def main() -> None:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=100)
    moves = parser.parse_args().moves
    chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with served() as (address, _):  # compiles what is not compiled
            for model, slider in CASES:
                first_picture(browser, address, model)
                moved(browser, address, model, slider, 3, fan=True)
        print("| model | start to page | page to picture | slider p50 / p95 | fan p50 / p95 |")
        print("|---|---|---|---|---|")
        for model, slider in CASES:
            with served() as (address, up):
                picture = first_picture(browser, address, model)
                cells = [
                    " / ".join(f"{t:.0f}" for t in np.percentile(times, [50, 95]))
                    for fan in (False, True)
                    for times in [moved(browser, address, model, slider, moves, fan)]
                ]
            print(f"| {model} | {up:.2f} s | {picture:.2f} s | {cells[0]} ms | {cells[1]} ms |")
        browser.close()


if __name__ == "__main__":
    main()
