# Two commands matter: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run test check setup setup-dev docs bench lock clean

PORT ?= 8000

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: setup ## Set everything up, load the demo region once, serve the cockpit and print the address and the logins
	@.venv/bin/tongqu run --demo --port $(PORT)

test: setup-dev ## Set everything up and run every test, on SQLite and PostgreSQL and in a browser
	@scripts/test

check: setup-dev ## Run the checks: style, types, import contracts, migrations, translations, docs
	@scripts/check

setup: ## Make the virtual environment for running
	@scripts/setup run

setup-dev: ## Make the virtual environment for developing, with what Debian must add
	@scripts/setup dev

docs: setup-dev ## Build the documentation site into build/docs
	@.venv/bin/mkdocs build --strict --site-dir build/docs

bench: setup-dev ## List the benchmarks
	@ls bench/*.py | sed 's|^|  .venv/bin/python |'

lock: setup-dev ## Write the lock files anew from pyproject.toml
	@PATH="$(CURDIR)/.venv/bin:$$PATH" scripts/lock

clean: ## Remove the virtual environment and build results; `var/` with its data stays
	@rm -rf .venv build .mypy_cache .ruff_cache .hypothesis .coverage*
