# Thin over bootstrap.py, which also works without make (Windows): python bootstrap.py demo
PYTHON ?= python3

.PHONY: help demo dashboard test lint faults cluster spark install clean
help:
	@$(PYTHON) bootstrap.py --help

demo dashboard test lint faults cluster spark install clean:
	@$(PYTHON) bootstrap.py $@
