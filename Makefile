# The two commands of README, and what they stand on.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint docs package budgets lock clean

demo: .venv/ready
	$(BIN)/axissim sweep dopamine_terminal -t 0:24:97 -o eda,vda,cda,hva \
	  -p meals=1 -p 'Vd~loguniform(4000,16000)' -p 'fire~loguniform(0.5,2)' \
	  -p 'Vth~loguniform(62.5,250)' -p 'kc_cda~loguniform(5,20)' \
	  -n 10000 --seed 1 --out out/demo.zarr --plot out/demo.png --force

test: .venv/ready lint
	$(BIN)/python -m pytest -n logical --dist loadfile

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The site, in out/site.
docs: .venv/ready
	$(BIN)/sphinx-build -W --keep-going -j auto -b html docs out/site

# Wheel and sources, tried in fresh environments with packages from the index; the oldest first.
PYTHONS ?= python3.11 python3.13
package: .venv/ready
	$(BIN)/python -m tests.packaging.everywhere $(PYTHONS)

# The engine's own times, each a ratio to a calibration beside it; docs/contributing/speed.md.
budgets: .venv/ready
	$(BIN)/python benchmarks/budgets.py

# The virtual environment, with exactly the packages of the lock.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'axissim needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)')"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

lock:
	uv pip compile pyproject.toml --extra test --extra build --universal --python-version 3.11 \
	  --generate-hashes --quiet --upgrade --custom-compile-command "make lock" -o requirements.lock

clean:
	rm -rf .venv out
