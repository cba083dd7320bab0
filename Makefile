# make chat   sets everything up and serves the chat at http://127.0.0.1:7860
# make test   sets everything up and runs every check and test

PYTHON ?= python3
# Where pip finds torch 2.13.0; empty takes pip's own index, whose build brings CUDA. The CPU build
# is a tenth of its size: make chat TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=

BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: chat test check install index clean

chat: install
	@$(BIN)/assistant index
	@$(BIN)/assistant chat

test: install check
	$(BIN)/pytest -q

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

index: install
	$(BIN)/assistant index

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with PYTHON=")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0 $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,training]'
	touch $(INSTALLED)

clean:
	rm -rf .venv index/current index/versions
