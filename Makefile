# The two commands of a fresh machine are `make run` and `make test`; the rest is in `make help`.
# Compiling itself is meson's work: this file installs what is missing and calls it.

SHELL := /bin/bash
BUILD ?= build
PORT ?= 8080
DATA ?= data
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 30
QUIET := $(shell [ -t 2 ] || echo --quiet)
PREFIX ?= /usr/local
DESTDIR ?=

.DEFAULT_GOAL := help
.PHONY: help run test build bench fuzz lint install deb clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18
	@echo
	@echo '  PORT=8080 DATA=data BUILD=build JOBS=N PREFIX=/usr/local DESTDIR= FUZZ_SECONDS=30'

# Configured once; meson itself notices changed build files.
define configure
	@[ -f $(1)/build.ninja ] || meson setup $(1) $(2) >$(1).log 2>&1 || { cat $(1).log; exit 1; }
	@rm -f $(1).log
endef

build run: TARGETS ?= aimak
build: ## installs what is missing and compiles the program
	@tools/setup run
	$(call configure,$(BUILD),--prefix=$(PREFIX))
	@ninja -C $(BUILD) -j $(JOBS) $(QUIET) $(TARGETS)

run: build ## serves the demo on http://127.0.0.1:8080 (PORT=)
	@exec tools/run-demo $(BUILD) $(DATA) $(PORT)

test: ## everything: unit, both databases, HTTP, browser
	@tools/setup run test
	@$(MAKE) --no-print-directory build TARGETS=all
	@tests/with-postgres tools/run-tests --build $(BUILD) --jobs $(JOBS)

bench: ## speed and size, each beside its ceiling
	@tools/setup run test bench
	@$(MAKE) --no-print-directory build BUILD=build-bench TARGETS=all
	@bench/run build-bench

fuzz: ## FUZZ_SECONDS of libFuzzer for each target
	@tools/setup run test fuzz
	@CC=clang $(MAKE) --no-print-directory build-fuzz
	@tools/run-fuzz build-fuzz $(FUZZ_SECONDS)

.PHONY: build-fuzz
build-fuzz:
	$(call configure,build-fuzz,-Dfuzz=true -Dguard=true -Db_sanitize=address$(,)undefined)
	@ninja -C build-fuzz -j $(JOBS) $(QUIET)

lint: ## format, ranks, headers, sizes, static analysis
	@tools/setup run test lint
	@$(MAKE) --no-print-directory build TARGETS=all
	@tools/lint $(BUILD)

install: ## into DESTDIR and PREFIX
	@tools/setup run
	$(call configure,build-install,-Dtests=false)
	@meson configure build-install -Dprefix=$(PREFIX) >/dev/null
	@ninja -C build-install -j $(JOBS) $(QUIET)
	@DESTDIR='$(DESTDIR)' meson install -C build-install --no-rebuild --quiet

deb: ## a Debian package in build-deb/
	@tools/setup run deb
	@packaging/make-deb

clean: ## removes what was built (node_modules and data/ stay)
	rm -rf build build-* 

, := ,
