# Wattle. `make help` lists what there is.
SHELL := /bin/bash
.DELETE_ON_ERROR:
GO    ?= go
ARGS  ?=
FUZZ  ?= 30s
SEEDS ?= 20
N     ?= 1000000
LINT  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0

APP_SOURCES := web/openapi.yaml $(shell find web/app -path web/app/node_modules -prune -o -path web/app/dist -prune -o -path web/app/src/api/schema.ts -prune -o -type f -print 2>/dev/null)

.PHONY: help demo test check app contracts bindings contracts-invariants bench bench-settlement fuzz gauntlet seeds oracles kills kills-agent kills-market kills-cluster twin build clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## install what is missing, build, and start the street (ARGS="--speed 30 ...")
	@scripts/setup demo
	@$(MAKE) --no-print-directory build
	bin/wattle demo $(ARGS)

test: ## install what is missing and run every test
	@scripts/setup test
	@$(MAKE) --no-print-directory build
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "run gofmt -w on: $$unformatted"; exit 1; }
	$(GO) vet ./...
	cd settlement/contracts && npm ci --silent --no-audit --no-fund
	$(GO) test -timeout 20m $$($(GO) list ./... | grep -v /e2e)
	$(GO) test -timeout 20m -parallel 6 ./e2e/...
	@$(MAKE) --no-print-directory fuzz FUZZ=300x
	cd web/app && npm run --silent check && npm test --silent
	cd settlement/contracts && npm test --silent && npm run --silent check

check: ## everything a change must pass: dependencies, lint, and every test
	$(GO) mod verify >/dev/null
	$(GO) mod tidy -diff
	$(GO) run $(LINT) run
	@$(MAKE) --no-print-directory test

build: app ## build the program into bin/
	$(GO) build -o bin/wattle ./cmd/wattle

app: web/app/dist/index.html ## build the page that the program embeds

web/app/node_modules/.package-lock.json: web/app/package-lock.json
	cd web/app && npm ci --silent --no-audit --no-fund

web/app/dist/index.html: web/app/node_modules/.package-lock.json $(APP_SOURCES)
	cd web/app && npm run --silent build
	@touch $@ web/app/dist/.keep

contracts: ## compile the contracts
	cd settlement/contracts && npm ci --silent --no-audit --no-fund && npm run --silent build

bindings: contracts ## generate the Go bindings of the contracts
	cd settlement/contracts && npm run --silent bindings

contracts-invariants: ## play 1,000,000 random calls with the hub and check that everyone gets what is hers (half an hour)
	cd settlement/contracts && npm ci --silent --no-audit --no-fund && npm run --silent invariants

bench: ## measure: ns, allocations and bytes per operation
	$(GO) test -run '^$$' -bench . -benchmem ./energy/... ./meter/... ./oracle/... ./exchange/... ./settlement/... ./sim/...

bench-settlement: ## settle one interval of 10,000, 100,000 … N=1000000 members, beside row by row
	GOMEMLIMIT=1536MiB $(GO) test -run '^$$' -bench '^BenchmarkSettlement$$' -benchtime 1x -timeout 60m ./settlement/ledger -members $(N)

fuzz: ## fuzz every parser and decoder, FUZZ=30s each
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZ) -fuzzminimizetime 10x $$package || exit 1; \
		done; \
	done

gauntlet: ## plant frauds among 200 homes over 30 days, ten times, and print what the oracles' checks catch
	$(GO) test -count 1 -timeout 30m -run '^TestFraudGauntlet$$' -v ./sim -gauntlet

seeds: build ## run the whole street with SEEDS=20 seeds and check that nothing is lost or invented
	WATTLE_SEEDS=$(SEEDS) $(GO) test -count 1 -timeout 60m -parallel 6 -run TestSeeds -v ./e2e

oracles: build ## run oracles as processes of their own: kill, suspend and mislead them
	WATTLE_ORACLES=1 $(GO) test -count 1 -timeout 20m -run TestOracleProcesses -v ./e2e

kills: build ## kill the street five times at random moments and check that it goes on
	WATTLE_KILLS=5 $(GO) test -count 1 -timeout 60m -run TestKill -v ./e2e

kills-agent: ## kill an agent that is offline for 30 days KILLS=200 times and check that every reading arrives once, in order
	WATTLE_KILLS=$(or $(KILLS),200) $(GO) test ./meter/agent -run TestKilledAgentGoesOn -count 1 -v

kills-market: ## kill the market and its message server 100 times under load
	WATTLE_KILLS=100 $(GO) test -count 1 -timeout 60m -run TestKill -v ./exchange/sequencer

kills-cluster: ## kill a message server of three together with the market, 20 times under load
	WATTLE_KILLS=20 $(GO) test -count 1 -timeout 30m -run TestClusterKill -v ./exchange/sequencer

twin: ## compare the market with its naive twin over 1,200,000 random commands
	$(GO) test -count 1 -timeout 30m ./exchange -commands 1200000

clean: ## remove what was built
	rm -rf bin web/app/dist/assets web/app/dist/index.html web/app/node_modules settlement/contracts/node_modules settlement/contracts/artifacts
