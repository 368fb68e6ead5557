"""The engine's own times: import, compile, one run, a sweep."""

import os
import shutil
import subprocess
import sys
import tempfile
from typing import ClassVar

import axissim as ax

SPANS = {
    "dopamine_terminal": (0, 24, 97),
    "thyroid_human": (0, 24, 97),
    "menstrual_cycle": (0, 56, 101),
}


class Start:
    """From nothing to the package, and to a first result, in a new process."""

    timeout = 120

    def time_import(self) -> None:
        subprocess.run([sys.executable, "-c", "import axissim"], check=True)

    def time_first_result_warm(self) -> None:
        text = (
            "import axissim as ax; "
            "ax.simulate(ax.load('dopamine_terminal'), t=(0, 24, 97), method='rodas5p')"
        )
        subprocess.run([sys.executable, "-c", text], check=True)


class Compile:
    """The equations of a model compiled with an empty cache."""

    params: ClassVar = list(SPANS)
    number, repeat, timeout = 1, 3, 120

    def setup(self, model: str) -> None:
        self.folder = tempfile.mkdtemp()
        os.environ["AXISSIM_CACHE_DIR"] = self.folder
        self.model = ax.load(model)

    def teardown(self, model: str) -> None:
        del os.environ["AXISSIM_CACHE_DIR"]
        shutil.rmtree(self.folder)

    def time_equations(self, model: str) -> None:
        from axissim.compile.kernel import kernel_of

        _ = kernel_of(self.model).equations


class Solve:
    """Warm: one run, and 4,096 runs over two parameters of each model."""

    params: ClassVar = list(SPANS)
    ranges: ClassVar = {
        "dopamine_terminal": {"Vd": (4000, 16000), "fire": (0.5, 2)},
        "thyroid_human": {"S4": (0.0009, 0.0035), "S3": (1.7e-4, 6.7e-4)},
        "menstrual_cycle": {"f_0": (12, 20), "a_0": (0.004, 0.008)},
    }
    timeout = 300

    def setup(self, model: str) -> None:
        self.model, self.span = ax.load(model), SPANS[model]
        self.design = ax.design.sobol(self.ranges[model], n=4096, seed=1)
        self.outputs = [self.model.states[0].id]
        self.time_one_run(model)

    def time_one_run(self, model: str) -> None:
        ax.simulate(self.model, t=self.span, outputs=self.outputs, method="rodas5p")

    def time_sweep(self, model: str) -> None:
        ax.sweep(self.model, self.design, t=self.span, outputs=self.outputs, method="rodas5p")
