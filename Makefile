# Every task is one command, the same on a laptop and in CI. Tasks install what they need below
# .cache/, except cargo, python3, node with npm, a JDK with Maven, make and a C compiler.

.PHONY: help demo generate test conformance chaos soak docs lint bench bench-instructions exits fuzz audit dist test-dist platforms core python node kotlin swift clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## run a guided demo: check, plan, sync and report a roster against a local server
	@cargo build --quiet -p vitable-groups-cli
	@target/debug/vitable-groups demo

test: ## run every test that can run here, with a summary
	@scripts/test

# Every environment has a LANG. What selects the shared scenarios, or one file of them, and the chaos
# test in each language:
language = $(if $(findstring command,$(origin LANG)),$(LANG),rust)
scenarios_rust = conformance $(GROUP)
scenarios_python = tests/test_conformance.py $(GROUP:%=-k %)
scenarios_node = conformance $(GROUP:%='--test-name-pattern=^%: ')
scenarios_kotlin = ConformanceTest $(GROUP)
scenarios_swift = Conformance $(GROUP)
chaos_rust = --cargo-profile fast -p vitable-groups --test chaos --no-capture
chaos_python = -s tests/test_chaos.py
chaos_node = chaos
chaos_kotlin = ChaosTest
chaos_swift = Chaos

conformance: ## run the shared scenarios in Rust (or LANG=kotlin; GROUP=retries runs one file)
	@scripts/test $(language) -- $(scenarios_$(language))
	@$(if $(GROUP),true,scripts/conformance_table.py)

chaos: ## make 10,000 calls over a failing network (LANG=kotlin, CHAOS_OPERATIONS, CHAOS_SEED)
	@TEST_SECONDS=7200 CHAOS_STRICT=1 CHAOS_OPERATIONS=$${CHAOS_OPERATIONS:-10000} scripts/test $(language) -- $(chaos_$(language))

soak: ## make 1,400,000 calls and check that memory stays flat (LANG=node, SOAK_CALLS)
	@scripts/soak.py $(if $(findstring command,$(origin LANG)),$(LANG))
	@$(if $(findstring command,$(origin LANG)),true,scripts/test-servers --whole)

core: ## test the Rust crates only: core, sandbox, CLI
	@scripts/test rust

kotlin: ## build and test the Kotlin and Java package and its example
	@scripts/test kotlin

swift: ## build and test the Swift package and its example; downloads Swift if it is not installed
	@scripts/test swift

python: ## build the Python package, install it in an empty environment and test it there
	@scripts/test python

node: ## build and pack the Node package, install it in empty projects and test it there
	@scripts/test node

docs: ## build the guide and the references as a site in target/docs and check its links
	@scripts/docs

lint: ## check formatting, lints, types, documentation and workflows
	@scripts/lint

bench: ## benchmark against other clients (BENCH_ROUNDS, BENCH_ONLY=W1,W2, BENCH_LANG=python)
	@scripts/bench

bench-instructions: ## compare the core's instruction counts with the baseline; needs valgrind
	@scripts/bench instructions

exits: ## check that EXITS processes per binding exit cleanly, with and without calls in flight
	@scripts/bench exits

audit: ## check licenses, sources and known vulnerabilities of the dependencies
	@scripts/audit.py

fuzz: ## run each fuzz target for 60 s (FUZZ_SECONDS)
	@scripts/fuzz

dist: ## build all published packages into dist/ (scripts/dist.py NAME builds one)
	@scripts/dist.py

test-dist: ## install the packages of dist/ in empty environments and test them there
	@scripts/dist_test.py

platforms: ## run the packages on the platforms that this machine can run or emulate
	@python3 -B scripts/platforms.py

clean: ## remove everything that was built and installed here
	rm -rf target .cache dist

generate: ## write the code that follows from the definition of the API (openapi.yaml)
	@scripts/venv generate pyyaml==6.0.* >/dev/null
	@.cache/venv-generate/bin/python scripts/generate
