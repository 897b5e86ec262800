# `make run` and `make test` need Python 3.11 or later, and nothing else.
# Another interpreter: make run PYTHON=python3.12
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
# Python compiles what it uses, at first use: half of the time of the installation. It keeps it, even
# where the machine says otherwise: each start would compile everything again.
export PYTHONDONTWRITEBYTECODE :=
INSTALL := -m pip install --quiet --disable-pip-version-check --no-compile

.PHONY: help run test check bench guide construire verifier clean

help:
	@echo "make run         démarre le tableau de bord sur http://localhost:$(PORT)"
	@echo "make test        installe ce qu'il faut (navigateur compris) et lance tous les tests"
	@echo "make verifier    contrôle les tables, les découpages et les fiches"
	@echo "make construire  recalcule les limites et la première grille de bassins"
	@echo "make bench       mesure vitesse et mémoire"
	@echo "make guide       refait les images de la documentation"

run: .venv/.run
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: check
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: .venv/.browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict -n auto olsdata

bench: .venv/.test
	$(BIN)/python -m benchmarks

guide: .venv/.browser
	$(BIN)/python -m tests.browser.guide

construire: .venv/.run
	$(BIN)/python -m olsdata construire

verifier: .venv/.run
	$(BIN)/python -m olsdata verifier

clean:
	rm -rf .venv tests/output benchmarks/output

# The stamps make the second time fast: installed once, again when the requirements change.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Il faut Python 3.11 ou plus récent : make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.run: requirements.txt | .venv/bin/python
	$(BIN)/python $(INSTALL) -r requirements.txt
	@touch $@

# The second list holds the first.
.venv/.test: requirements-dev.txt requirements.txt | .venv/bin/python
	$(BIN)/python $(INSTALL) -r requirements-dev.txt
	@touch .venv/.run $@

.venv/.browser: tests/browser/installer.py .venv/.test
	$(BIN)/python tests/browser/installer.py
	@touch $@
