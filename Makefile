# Every task has one command, the same on a laptop and in CI. What a task needs beyond cargo, python3,
# node with npm, a JDK with Maven, make and a C compiler, it installs below .cache/.

.PHONY: help demo test conformance chaos docs lint bench fuzz audit core python node kotlin swift clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## check, plan, sync and explain a real roster against a local server
	@cargo build --quiet -p vitable-groups-cli
	@target/debug/vitable-groups demo

test: ## everything that can be tested here, and one closing line
	@scripts/test

conformance: ## the shared scenarios: LANG=kotlin plays another language, GROUP=retries one file
	@scripts/conformance $(if $(findstring command,$(origin LANG)),$(LANG),rust) $(GROUP)

chaos: ## 10,000 calls over a network that fails (LANG=kotlin, CHAOS_OPERATIONS, CHAOS_SEED)
	@scripts/chaos $(if $(findstring command,$(origin LANG)),$(LANG),rust)

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

bench: ## what it costs
	@scripts/bench

audit: ## licences, sources and known weaknesses of the dependencies
	@scripts/audit

fuzz: ## each fuzz target for 60 s (FUZZ_SECONDS)
	@scripts/fuzz

clean: ## removes what was built and installed here
	rm -rf target .cache dist
