# The front door. `make run` and `make test` install what they need, once.
.POSIX:
SHELL = /bin/sh
PYTHON = python3
PY = ./.venv/bin/python
# The first Python that is recent enough does the set-up.
AUTRES = python3.14 python3.13 python3.12 python3.11
RECENT = import sys; sys.exit(sys.version_info < (3, 11))
INSTALLER = for p in $(PYTHON) $(AUTRES); do if "$$p" -c '$(RECENT)' 2>/dev/null; then exec "$$p" scripts/installer.py
SINON = ; fi; done; echo "Python 3.11 ou plus récent est nécessaire." >&2; exit 1

.PHONY: run test check fix bench proof installation

run:
	@$(INSTALLER) $(SINON)
	@exec $(PY) -m portal.cli demo --avec-parent $(ARGS)

test:
	@$(INSTALLER) --essais $(SINON)
	@$(PY) -m pytest -n 3 --dist loadscope --no-loadscope-reorder $(ARGS)

check:
	@$(INSTALLER) --essais $(SINON)
	@$(PY) -m scripts.verifier

fix:
	@$(INSTALLER) --essais $(SINON)
	@$(PY) -m ruff check --fix portal plugins tests scripts
	@$(PY) -m ruff format portal plugins tests scripts
	@$(PY) -m scripts.verifier_docs --ecrire

bench:
	@$(INSTALLER) $(SINON)
	@$(PY) -m scripts.bench $(ARGS)

proof:
	@$(INSTALLER) --essais $(SINON)
	@$(PY) -m pytest -n 2 --dist loadscope -m preuve $(ARGS)

installation:
	@$(INSTALLER) --essais $(SINON)
