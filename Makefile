# Two commands matter: `make run` and `make test`. `make help` names the rest.
PORT ?= 8000
# The first Python that is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
PY := $(BIN)/python
# Three processes on two cores: tests wait for browsers, for locks and for commands that they kill.
PYTEST := $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

export UV_PYTHON_DOWNLOADS = never
export UV_SYSTEM_CERTS = true
export PIP_DISABLE_PIP_VERSION_CHECK = 1

RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
TEST_PACKAGES := $(RUN_PACKAGES) chromium poppler-utils postgresql

.DEFAULT_GOAL := help
.PHONY: help run test check browser bench prove demo lock clean

help:
	@echo "make run      install, load the demo city and serve it at http://127.0.0.1:$(PORT)/ (PORT=…)"
	@echo "make test     the whole suite on SQLite and on PostgreSQL, browser journeys included"
	@echo "make check    format, lint, templates, layers, types, migrations, translations"
	@echo "make browser  only the browser journeys, on SQLite"
	@echo "make prove    the long campaigns at full size"
	@echo "make bench    measure speed, each benchmark of bench/ in turn (QUICK=1: a first look)"
	@echo "make screenshots  take pictures of the main pages, to docs/pictures/ (SHOTS=\"unit people\": only these)"
	@echo "make lighthouse   Lighthouse over the main pages; needs its program in LIGHTHOUSE (SITE=…: a server that runs)"
	@echo "make demo     set the demo city back to its first day"
	@echo "make lock     pin the requirements anew, with hashes"
	@echo "make clean    remove what the commands above made, the demo city included"

# Installing. A stamp remembers what is done; uv is quick, pip is there when uv finds no way out.
.venv/pip:
	@test -n "$(PYTHON)" || { echo "Ledstång needs Python 3.11 or later. Install it first:  sudo apt-get install -y python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || tools/packages.sh "Python's environments" python3-venv
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --require-hashes -r requirements/uv.txt
	@touch $@

.venv/%-installed: requirements/%.txt .venv/pip
	@echo "Installing requirements/$*.txt …"
	@$(BIN)/uv pip install --quiet --python $(PY) --require-hashes -r $< || \
		$(BIN)/pip install --quiet --require-hashes -r $<
	@touch $@

.PHONY: run-packages test-packages catalogs
run-packages:
	@tools/packages.sh "PDF" $(RUN_PACKAGES)
test-packages:
	@tools/packages.sh "the tests" $(TEST_PACKAGES)
catalogs:
	@$(PY) tools/catalogs.py compile

run: run-packages .venv/run-installed
	@$(PY) tools/serve.py --port $(PORT)

demo: run-packages .venv/run-installed catalogs
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo --reset

# Testing. Both databases always run; either failing fails the command.
test: test-packages .venv/dev-installed
	@$(PY) tools/suite.py

browser: test-packages .venv/dev-installed
	@$(PYTEST) tests/browser

prove: test-packages .venv/dev-installed
	@status=0; \
	echo "On SQLite:"; LEDSTANG_PROVE=1 $(PYTEST) -m campaign || status=1; \
	echo "On PostgreSQL:"; LEDSTANG_PROVE=1 $(PY) tools/postgres.py -- $(PYTEST) -m campaign || status=1; \
	exit $$status

.PHONY: screenshots
screenshots: test-packages .venv/dev-installed catalogs
	@$(PY) -m tools.screenshots $(SHOTS)

.PHONY: lighthouse
lighthouse: test-packages .venv/dev-installed catalogs
	@$(PY) -m tools.lighthouse $(if $(SITE),--site $(SITE))

bench: run-packages .venv/dev-installed catalogs
	@$(PY) -m bench $(if $(QUICK),--quick)

# Checking. `make -k check` goes on after the first fault.
CHECKS := check-format check-lint check-templates check-layers check-types check-migrations check-translations
.PHONY: $(CHECKS)
check: $(CHECKS)
$(CHECKS): .venv/dev-installed

check-format:
	@$(BIN)/ruff format --check .
check-lint:
	@$(BIN)/ruff check .
check-templates:
	@git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --check --target-version 5.2
check-layers:
	@$(BIN)/lint-imports --no-logo
check-types:
	@LEDSTANG_DATA_DIR=.mypy_cache $(BIN)/mypy
check-migrations:
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(PY) manage.py makemigrations --check --dry-run
check-translations:
	@$(PY) tools/catalogs.py check && echo "Swedish is complete."

# Housekeeping
LOCK := $(BIN)/uv pip compile --universal --generate-hashes --no-header --annotation-style line --quiet
EXTRAS := --extra serve --extra postgres --extra sso
lock: .venv/pip
	@$(LOCK) requirements/uv.in -o requirements/uv.txt
	@$(LOCK) pyproject.toml $(EXTRAS) -o requirements/run.txt
	@$(LOCK) pyproject.toml $(EXTRAS) --extra dev -c requirements/run.txt -o requirements/dev.txt

clean:
	@rm -rf .venv var dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name '*.mo' -path './locale/*' -delete
