# The two commands a newcomer needs: `make demo` and `make test`.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.venv/runtime: requirements/runtime.txt requirements/postgres.txt pyproject.toml tools/setup
	@tools/setup runtime
	@touch $@

.venv/dev: .venv/runtime requirements/dev.txt requirements/postgres.txt
	@tools/setup dev
	@touch $@

.venv/bench: .venv/dev requirements/bench.txt
	@tools/setup bench
	@touch $@

demo: .venv/runtime ## run everything on this machine: РАМ, Fund, daemon, reports (OUT=folder)
	@$(BIN)/ers-sync demo --dir $(or $(OUT),demo-out)

# tests/unit come first (testpaths); a module stays with one worker, which sets up its fixtures once; what did not run is named at the
# end, in CI it is a failure
test: .venv/dev ## all tests, under 10 minutes on 2 cores (ARGS=for pytest)
	@$(BIN)/pytest -n auto --dist loadscope --no-loadscope-reorder $(ARGS)

soak: .venv/dev ## campaigns of failures and kills (RUNS=1000 SEED=1); says which seeds failed
	@$(BIN)/python -m ers_sync.stand.soak --runs $(or $(RUNS),1000) --seed $(or $(SEED),1)

bench: .venv/bench ## all benchmarks within 20 minutes, their figures in benchmarks/results.json (ARGS="--full", "--only messages")
	@$(BIN)/python -m benchmarks.everything $(ARGS)
	@$(BIN)/python -m benchmarks.plot

check: .venv/dev ## style, types, direction of imports, generated files, house rules
	@tools/check

system: ## as root, with apt: the GOST engine and what the system tests need
	@tools/system

lock: ## pin all packages anew (needs uv)
	@tools/lock

clean: ## remove what the other commands made
	rm -rf .venv demo-out .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help demo test soak bench check system lock clean
