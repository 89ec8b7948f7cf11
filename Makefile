# The front door. `make run` and `make test` install what they need, once.
.POSIX:
SHELL = /bin/sh
PYTHON = python3
PY = ./.venv/bin/python
INSTALLER = command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python 3.11 ou plus récent est nécessaire." >&2; exit 1; }; \
	$(PYTHON) scripts/installer.py

.PHONY: run test check fix bench proof installation

run:
	@$(INSTALLER)
	@exec $(PY) -m portal.cli demo --avec-parent $(ARGS)

test:
	@$(INSTALLER) --essais
	@$(PY) -m pytest -n 2 --dist loadscope $(ARGS)

check:
	@$(INSTALLER) --essais
	@$(PY) -m scripts.verifier

fix:
	@$(INSTALLER) --essais
	@$(PY) -m ruff check --fix portal plugins tests scripts
	@$(PY) -m ruff format portal plugins tests scripts
	@$(PY) -m scripts.verifier_docs --ecrire

bench:
	@$(INSTALLER)
	@$(PY) -m scripts.bench $(ARGS)

proof:
	@$(INSTALLER) --essais
	@$(PY) -m pytest -n 2 --dist loadscope -m preuve $(ARGS)

installation:
	@$(INSTALLER) --essais
