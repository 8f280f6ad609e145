# Everything a person types. Needs make, git and Python 3.11 or 3.12, nothing else.
#
#   make run [VIDEOS=folder] [DOCUMENTS=folder]   materialize what is stale
#   make plan                                     what is stale, why, and what would run
#   make rebuild [JSON=file]                      exactly that, with the DVC remote, checks and score differences
#   make sync                                     tell Dagster what a checkout, a merge or a pull has brought
#   make try NAME=x SET=word.key=value            the flow with another setting, in a worktree beside this one
#   make promote NAME=x                           bring a variant home
#   make gc [YES=1]                               free what no kept revision needs
#   make staleness                                200 random sequences of events against an oracle
#   make audit TARGET=x [REV=r] [HTML=f] [JSON=f]  where something came from and what it ended up in
#   make verify [TARGET=x] [REV=r]                bytes, the four records and the signatures against each other
#   make forget VIDEO=x                           takes a clip down: bytes, rows, cache, remotes; make sign, make flips
#   make test    make check    make ui    make docs    make base    make setup
#   make test-cluster                             the tests on Ray and PostgreSQL, both without a network
#   make robustness [CLIPS=folder]                a thousand malformed files through the decoding rooms
#   make drill                                    200 kills, crowds, a disk failing at every write; goes on where it was stopped

SHELL := /bin/sh
.DEFAULT_GOAL := run
.PHONY: run plan rebuild sync try promote gc staleness audit verify sign forget flips test test-cluster check ui docs base robustness drill setup

VENV := .venv
CLUSTER_VENV := .venv-cluster
PACKAGES := import sysconfig; print(sysconfig.get_path("purelib"))
STAMP := $(VENV)/installed.sha256
IN_VENV := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" OMP_NUM_THREADS="$${OMP_NUM_THREADS:-1}"
# The first interpreter that can make a virtual environment; PYTHON=... chooses another.
FITS := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
PYTHON ?= $(shell for python in python3.11 python3.12 python3 python; do \
	"$$python" -c '$(FITS)' >/dev/null 2>&1 && command -v "$$python" && break; done)
# VIDEOS= with nothing is a choice too (none of my own clips), so it counts that it was given.
FOLDERS := $(if $(filter-out undefined,$(origin VIDEOS)),--videos="$(VIDEOS)") \
	$(if $(filter-out undefined,$(origin DOCUMENTS)),--documents="$(DOCUMENTS)")
TESTS ?= tests

run: setup
	@$(IN_VENV) python -m jobs.run $(FOLDERS)

plan: setup
	@$(IN_VENV) python -m jobs.plan $(if $(JSON),--json="$(JSON)")

rebuild: setup
	@$(IN_VENV) python -m jobs.rebuild $(if $(JSON),--json="$(JSON)") $(if $(SUMMARY),--summary="$(SUMMARY)")

sync: setup
	@$(IN_VENV) python -m jobs.sync

try: setup
	@$(IN_VENV) python -m jobs.variants try "$(NAME)" $(foreach pair,$(SET),--set "$(pair)")

promote: setup
	@$(IN_VENV) python -m jobs.variants promote "$(NAME)"

gc: setup
	@$(IN_VENV) python -m jobs.gc $(if $(YES),--yes)

staleness: setup
	@$(IN_VENV) SV6D_SEQUENCES=200 python -m pytest -q --timeout 0 tests/jobs/test_random_events.py
audit: setup
	@$(IN_VENV) python -m jobs.audit "$(TARGET)" $(if $(REV),--rev="$(REV)") $(if $(HTML),--html="$(HTML)") \
		$(if $(JSON),--json="$(JSON)")

verify: setup
	@$(IN_VENV) python -m jobs.audit $(if $(TARGET),"$(TARGET)") --verify $(if $(REV),--rev="$(REV)") \
		$(if $(JSON),--json="$(JSON)")

sign: setup
	@$(IN_VENV) python -m jobs.sign

forget: setup
	@$(IN_VENV) python -m jobs.forget "$(VIDEO)"

flips: setup
	@$(IN_VENV) python -m benchmarks.flips $(if $(JSON),--json="$(JSON)")

test: setup
	@$(IN_VENV) python -m pytest -q -n 2 --dist loadfile $(TESTS)

# Ray listens on every interface and runs what it is sent: its cluster lives in namespaces of its own, and ends with
# them. What these tests need beside .venv lies in a folder of its own, laid over it.
test-cluster: setup
	@if [ ! -x $(CLUSTER_VENV)/bin/python ]; then \
		$(VENV)/bin/python -m venv --without-pip $(CLUSTER_VENV) && \
		$(VENV)/bin/python -c '$(PACKAGES)' >"$$($(CLUSTER_VENV)/bin/python -c '$(PACKAGES)')/below.pth" || exit 1; \
	fi
	$(CLUSTER_VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-build-isolation -c requirements.txt \
		-e '.[ray,kubernetes,postgres,s3,cluster-tests]'
	@OMP_NUM_THREADS=1 unshare --map-root-user --net --pid --fork --kill-child --mount-proc sh -c \
		'ip link set lo up && exec $(CLUSTER_VENV)/bin/python -m pytest -q -n 0 -m cluster $(TESTS)'

check: setup
	@$(IN_VENV) ruff check .
	@$(IN_VENV) ruff format --check .
	@$(IN_VENV) mypy
	@$(IN_VENV) lint-imports

ui: setup
	@$(IN_VENV) python -m jobs.ui

docs: setup
	@$(IN_VENV) python -m sv6d.report.flow_page
	@$(IN_VENV) python -m sv6d.schema.page
	@$(IN_VENV) python -m sv6d.report.prompts_page
	@$(IN_VENV) python -m jobs.dvc_file

robustness: setup
	@$(IN_VENV) python -m benchmarks.robustness $(CLIPS)

drill: setup
	@$(IN_VENV) python -m benchmarks.running --only ui kills disk crowd publish --kills 200 --disk 100 --publish 10000 \
		--state .work/drill --limit-min 60 --json .work/drill/figures.json

base: setup
	@$(IN_VENV) python -m sv6d.model.pretrain

# Nothing happens while the lists of packages are the ones that were installed last. Wheels alone are taken, since a fresh
# machine has no compiler: a pin without one ends here, on every machine.
setup:
	@wanted=$$(cat requirements.txt pyproject.toml | sha256sum | cut -d ' ' -f 1); \
	if [ "$$(cat $(STAMP) 2>/dev/null)" = "$$wanted" ]; then exit 0; fi; \
	if [ ! -x $(VENV)/bin/python ]; then \
		if [ -z "$(PYTHON)" ]; then \
			echo "no Python 3.11 or 3.12 that can make a virtual environment was found" >&2; \
			echo "  next: install one (on Debian: python3 and python3-venv), or make PYTHON=/path/to/python3.11" >&2; \
			exit 1; \
		fi; \
		"$(PYTHON)" -m venv $(VENV) || exit 1; \
	fi; \
	echo "installing $$(grep -c == requirements.txt) packages into $(VENV); the first time takes some minutes"; \
	$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --only-binary :all: \
		-r requirements.txt && \
	$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . && \
	$(VENV)/bin/python -m assets.resources.packages && \
	echo "$$wanted" > $(STAMP)
