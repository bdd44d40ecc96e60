# Thin over bootstrap.py, which also works without make (Windows): python bootstrap.py demo
PYTHON ?= python3

.PHONY: demo dashboard test lint faults cluster spark install clean
demo dashboard test lint faults cluster spark install clean:
	@$(PYTHON) bootstrap.py $@
