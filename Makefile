# Everything that is done with this project, one target each. On a fresh Debian 12 machine: make demo, make test.

PYTHON := .venv/bin/python
export PYTHONPATH := tests
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help setup demo test unit kodi installs failed kills bench soak matrix lint art screens docs check zip repo release clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing (apt, and a venv of the project's own)
	@sh tests/real_kodi/setup.sh

demo: setup ## the main job in a real Kodi: HOLD=1 to take part, LIVE=1 for the real Simkl, FLOW=v1 for the PIN flow
	$(PYTHON) -m real_kodi.demo

test: unit kodi ## all tests

unit: setup ## tests without Kodi: seconds
	$(PYTHON) -m pytest -q -n 2 tests/unit tests/simulator tests/foreign

kodi: setup ## tests in a real Kodi: minutes
	$(PYTHON) -m pytest -q -n 2 --dist worksteal --durations=8 --ignore tests/kodi/test_install.py --ignore tests/kodi/test_repository.py tests/kodi

installs: setup ## tests with Kodi's own installer, and from a repository: minutes more
	$(PYTHON) -m pytest -q -n 2 --dist worksteal tests/kodi/test_install.py tests/kodi/test_repository.py

failed: setup ## those tests in Kodi that failed last time, one after another
	$(PYTHON) -m pytest -q --last-failed --last-failed-no-failures none tests/kodi

lint: setup ## style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy lib tests/simkl_simulator tests/real_kodi tests/art tests/foreign/server.py tests/shipping tests/doc_tables tests/bench

kills: setup ## Kodi killed at 60 moments around a sign-in's hand-over, at 30 around a video's end and in 30 syncs: half an hour; make kodi tries fewer
	KILLS=30 $(PYTHON) -m pytest -q tests/kodi/test_nothing_lost.py tests/kodi/test_no_mark_lost.py tests/kodi/test_sync.py -k kill -rP

bench: setup ## how fast and how light, beside its floor, into docs/measurements.md; SHORT=1 for fewer rounds
	$(PYTHON) -m bench $(if $(SHORT),--short)

soak: setup ## twelve simulated hours with faults, and 150 sign-ins in one Kodi; SHORT=1 for fewer
	PYTHONPATH=lib:tests $(PYTHON) -m bench.soak $(if $(SHORT),--short)

matrix: ## Kodi 19, 20 and 21 in chroots of Debian 11, 12 and 13 (root), and Python 3.8 to 3.13
	@sh tests/real_kodi/setup.sh debootstrap
	$(PYTHON) -m pytest -q -rs tests/matrix
	$(PYTHON) tests/matrix/pythons.py

art: setup ## draw letters, signs, icon and fanart anew
	$(PYTHON) -m art

screens: setup ## pictures of every state of the screens, side by side, into docs/screens/
	PYTHONPATH=lib:tests $(PYTHON) -m art.screens

docs: setup ## the documents that are drawn from the code: docs/errors.md, docs/states.md
	PYTHONPATH=lib:tests:tests/unit $(PYTHON) -m doc_tables

check: setup ## Kodi's own checker over what ships
	$(PYTHON) -m shipping.checker

zip: ## the add-on as it is installed, in dist/; SIMKL_CLIENT_ID=… is packaged with it
	@python3 -m real_kodi.package

repo: setup ## a repository that any web host can serve, in dist/repo/; REPOSITORY_URL=… is where
	$(PYTHON) -m shipping.repository

release: setup ## VERSION=x.y.z: version, changelog, all checks, zip, commit and tag; nothing is pushed
	$(PYTHON) -m shipping.release $(VERSION)

clean: ## remove what was built, the venv too
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
