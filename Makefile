# SPDX-License-Identifier: Apache-2.0
#
# The one front door. CMake does the work; this file only says the usual words.
# `make help` lists them.

PRESET       ?= release
PREFIX       ?= /usr/local
DESTDIR      ?=
PATIENTS     ?= 20000
FUZZ_SECONDS ?= 60
JOBS         ?= $(shell nproc 2>/dev/null || echo 2)

# the folder of each preset, as in CMakePresets.json
folder = $(if $(filter release,$(1)),build,build-$(1))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all help packages demo test bench lint format fuzz asan tsan debug clang install clean

all: ## build the program: build/lacis
	@scripts/install-packages --check build
	@$(call build,$(PRESET))

# $(call build,PRESET): configure once and when the presets change (ninja does it for all
# other reasons), then build. CMake's own words are shown only when it fails.
define build
if ! test $(call folder,$(1))/build.ninja -nt CMakePresets.json; then \
	mkdir -p $(call folder,$(1)) && \
	cmake --preset $(1) >$(call folder,$(1))/configure.log 2>&1 || \
	{ cat $(call folder,$(1))/configure.log; rm -f $(call folder,$(1))/build.ninja; exit 1; }; \
fi && \
cmake --build --preset $(1) --parallel $(JOBS)
endef

packages: ## install what building and testing needs (Debian 12 or 13, root or sudo)
	@scripts/install-packages build test

demo: packages ## build, then show two centres at work
	@$(call build,release)
	@scripts/demo

test: packages ## build and run all tests
	@$(call build,$(PRESET))
	@ctest --preset $(PRESET) --parallel $(JOBS) $(CTEST_FLAGS)

bench: packages ## measure; PATIENTS=20000
	@$(call build,release)
	@PATIENTS=$(PATIENTS) bench/run

lint: ## format, layers, banned functions, sizes, words; warnings of clang
	@scripts/install-packages build test lint
	@scripts/lint
	@if command -v clang >/dev/null; then $(call build,clang); \
	else echo "clang is absent: its warnings were not asked for"; fi

format: ## clang-format, in place
	@scripts/check-format --fix

fuzz: ## run each fuzz target for FUZZ_SECONDS=60
	@scripts/install-packages build lint
	@$(call build,fuzz)
	@set -e; for target in build-fuzz/fuzz/fuzz_*; do \
		name=$${target##*/fuzz_}; found=build-fuzz/found/$$name; \
		mkdir -p $$found fuzz/corpus/$$name; echo "== $$name: $(FUZZ_SECONDS) s"; \
		$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 -verbosity=0 \
			-artifact_prefix=$$found/ $$found fuzz/corpus/$$name; \
	done

asan tsan: packages ## build and test under a sanitizer: asan, tsan
	@$(call build,$@)
	@ctest --preset $@ --parallel $(JOBS) $(CTEST_FLAGS)

debug clang: packages ## build for the debugger, or with clang: build-debug, build-clang
	@$(call build,$@)

install: all ## install under PREFIX=/usr/local (and DESTDIR)
	@DESTDIR=$(DESTDIR) cmake --install $(call folder,$(PRESET)) --prefix $(PREFIX)

clean: ## remove everything that was built
	@rm -rf build build-*/

help: ## this list
	@awk -F ':.*## ' '/^[a-z ]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
