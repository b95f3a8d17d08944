# Every task has one command, the same on a laptop and in CI. What a task needs beyond cargo, python3,
# node with npm, a JDK with Maven, make and a C compiler, it installs below .cache/.

.PHONY: help demo test conformance chaos soak docs lint bench bench-instructions exits fuzz audit dist test-dist core python node kotlin swift clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## check, plan, sync and explain a real roster against a local server
	@cargo build --quiet -p vitable-groups-cli
	@target/debug/vitable-groups demo

test: ## everything that can be tested here, and one closing line
	@scripts/test

conformance: ## the shared scenarios: LANG=kotlin plays another language, GROUP=retries one file
	@scripts/conformance $(if $(findstring command,$(origin LANG)),$(LANG),rust) $(GROUP)

chaos: ## 10,000 calls over a network that fails (LANG=kotlin, CHAOS_OPERATIONS, CHAOS_SEED)
	@scripts/chaos $(if $(findstring command,$(origin LANG)),$(LANG),rust)

soak: ## 1,400,000 calls, and the memory of the processes that make them (LANG=node, SOAK_CALLS)
	@scripts/soak $(if $(findstring command,$(origin LANG)),$(LANG))
	@$(if $(findstring command,$(origin LANG)),true,scripts/test-servers --whole)

core: ## the Rust crates only: core, sandbox, command line
	@scripts/test rust

kotlin: ## the Kotlin and Java package: build, tests, example
	@scripts/test kotlin

swift: ## the Swift package: build, tests, example; provides a Swift where there is none
	@scripts/test swift

python: ## the Python package: built, installed in an empty environment, tested there
	@scripts/test python

node: ## the Node package: built, packed, installed in empty projects, tested there
	@scripts/test node

docs: ## the guide and the references as a site in target/docs, links checked
	@scripts/docs

lint: ## formatting, lints, types, documentation, workflows
	@scripts/lint

bench: ## what it costs, beside other clients (BENCH_ROUNDS, BENCH_ONLY=W1,W2, BENCH_LANG=python)
	@scripts/bench

bench-instructions: ## instructions of the core's parts, against those before; needs valgrind
	@scripts/bench instructions

exits: ## starts and ends EXITS processes per binding, with calls under way and without
	@scripts/bench exits

audit: ## licences, sources and known weaknesses of the dependencies
	@scripts/audit

fuzz: ## each fuzz target for 60 s (FUZZ_SECONDS)
	@scripts/fuzz

dist: ## what is published, built into dist/ (scripts/dist NAME builds one part)
	@scripts/dist

test-dist: ## what is in dist/, installed into empty environments and used there
	@scripts/test-dist

clean: ## removes what was built and installed here
	rm -rf target .cache dist
