# The front door. `make run` and `make test` install what they need, once.
.POSIX:
SHELL = /bin/sh
PYTHON = python3
PY = ./.venv/bin/python

.PHONY: run test check fix bench proof installation

run:
	@$(PYTHON) scripts/installer.py
	@$(PY) -m portal.cli demo $(ARGS)

test:
	@$(PYTHON) scripts/installer.py --essais
	@$(PY) -m pytest -n 2 --dist loadscope $(ARGS)

check:
	@$(PYTHON) scripts/installer.py --essais
	@$(PY) -m scripts.verifier

fix:
	@$(PYTHON) scripts/installer.py --essais
	@$(PY) -m ruff check --fix portal plugins tests scripts
	@$(PY) -m ruff format portal plugins tests scripts

bench:
	@$(PYTHON) scripts/installer.py
	@$(PY) -m scripts.bench $(ARGS)

proof:
	@$(PYTHON) scripts/installer.py --essais
	@$(PY) -m pytest -n 2 --dist loadscope -m preuve --preuve $(ARGS)

installation:
	@$(PYTHON) scripts/installer.py --essais
