# Everything that is done with this project, one target each. On a fresh Debian 12 machine: make demo, make test.

PYTHON := .venv/bin/python
export PYTHONPATH := tests
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help setup demo test unit kodi kills lint zip clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing (apt, and a venv of the project's own)
	@sh tests/real_kodi/setup.sh

demo: setup ## the main job in a real Kodi: HOLD=1 to take part, LIVE=1 for the real Simkl, FLOW=v1 for the PIN flow
	$(PYTHON) -m real_kodi.demo

test: unit kodi ## all tests

unit: setup ## tests without Kodi: seconds
	$(PYTHON) -m pytest -q tests/unit tests/simulator tests/foreign

kodi: setup ## tests in a real Kodi: minutes
	$(PYTHON) -m pytest -q --durations=8 tests/kodi

lint: setup ## style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy lib tests/simkl_simulator tests/real_kodi

kills: setup ## Kodi killed at 60 moments around the hand-over: a quarter of an hour
	KILLS=30 $(PYTHON) -m pytest -q tests/kodi/test_nothing_lost.py -k kill

zip: ## the add-on as it is installed, in dist/; SIMKL_CLIENT_ID=… is packaged with it
	@python3 -m real_kodi.package

clean: ## remove what was built, the venv too
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
