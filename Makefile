# make demo: a gallery to try, then a page to draw on (PAGE=no ends before it); make test: the whole suite; make install: .venv with the `stbir` command in it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test clean

install: .venv/.installed

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("stbir needs Python 3.11 or newer, this is %d.%d; try: make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e .
	touch $@

demo: install
	$(BIN)/python demo/demo.py $(if $(filter no,$(PAGE)),--no-page)

test: .venv/.tested
	$(BIN)/python -m pytest
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

.venv/.tested: .venv/.installed
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf .venv demo/drawn demo/sheet.png
