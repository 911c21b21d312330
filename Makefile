# The two commands are `make run` and `make test`; `make help` lists the others.
# Variables: PORT, TOPSHEET_VAR, DATABASE_URL, ARGS, CMD. What they do is in docs/running.md.
.DEFAULT_GOAL := help
.PHONY: run test build prove lint bench messages manage exec lock clean help
.SILENT:
# The caller's MAKEFLAGS (-j, -n) are no business of the programs that we start.
unexport MAKEFLAGS MAKELEVEL MFLAGS

start = sh deploy/bootstrap.sh

run: ## install what is missing, migrate, load the facts, serve (PORT=8123 TOPSHEET_VAR=/folder)
	exec $(start) run

test: ## every test, on a database of its own (ARGS="-k word")
	exec $(start) test $(ARGS)

prove: ## the tests and the long proofs
	exec $(start) prove $(ARGS)

lint: ## ruff, import contracts, types, migrations, check --deploy
	exec $(start) lint

bench: ## measure the speed on generated data
	exec $(start) bench $(ARGS)

messages: ## collect the texts to translate (needs gettext) and compile the translations
	exec $(start) messages $(ARGS)

manage: ## a management command (ARGS="shell")
	exec $(start) manage $(ARGS)

exec: ## any command beside the database (CMD="python script.py")
	exec $(start) exec $(CMD)

build: ## the environment and translations, for a server that systemd starts
	exec $(start) build

lock: ## bring requirements.lock up to date with pyproject.toml
	exec $(start) lock

clean: ## remove the environment and the caches, never the data
	rm -rf .venv .uv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

help: ## this list
	awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile
