# iophase: build, test, install. `make help` lists the targets.

VERSION := $(shell cat packaging/VERSION)
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   := build

CC        ?= cc
CLANG     ?= clang
BPFTOOL   ?= $(shell scripts/find-bpftool)
PKGCONFIG ?= pkg-config

ARCH := $(shell uname -m | sed -e 's/x86_64/x86/' -e 's/aarch64/arm64/')

# Yours, from the command line or the environment: these are added to what the build needs itself.
# WERROR=1: a warning ends the build; make test and make lint set it, WERROR= unsets it.
CFLAGS     ?= -O2 -g
CPPFLAGS   ?=
LDFLAGS    ?=
BPF_CFLAGS ?=

# Asked when a recipe needs it, and once: make demo may first have to install pkg-config.
ask_once = $(eval $1 := $$(shell $2))$($1)
LIBBPF_CFLAGS = $(call ask_once,LIBBPF_CFLAGS,$(PKGCONFIG) --cflags libbpf)
LIBBPF        = $(call ask_once,LIBBPF,$(PKGCONFIG) --libs libbpf)
LIBBPF_LIBS   = $(LIBBPF) -lelf -lz
LIBS          = $(LIBBPF_LIBS) -ljson-c -pthread $(HTTP_LIBS) $(TOP_LIBS)

# HTTP=0: without the server of iophase export, and the libraries that it takes.
HTTP         ?= 1
HTTP_SOURCES := $(patsubst %,user/app/%.c,http listen web_config credentials)
ALONE        := user/app/static_users.c # only in what make static links
ifeq ($(HTTP),0)
NO_SOURCES   := $(HTTP_SOURCES) $(ALONE)
else
NO_SOURCES   := user/app/http_absent.c $(ALONE)
HTTP_LIBS    := -lmicrohttpd -lyaml -lcrypt
endif

# TOP=0: without iophase top, and ncurses.
TOP          ?= 1
TOP_OTHER    := user/app/$(if $(filter 0,$(TOP)),screen.c,screen_absent.c)
TOP_LIBS     := $(if $(filter 0,$(TOP)),,-lncursesw -ltinfo)
NO_SOURCES   += $(TOP_OTHER)

# The folder of the build is not in what is built: two builds in two folders are equal.
ANYWHERE := -ffile-prefix-map=$(CURDIR)=.
STRICT   := $(if $(filter-out 0,$(WERROR)),-Werror)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes $(STRICT)
DEFINES  := -D_GNU_SOURCE= -DIOPHASE_VERSION='"$(VERSION)"' -Iuser -Ibpf -I$(BUILD)
COMPILE_FLAGS = -std=gnu11 $(ANYWHERE) $(WARNINGS) $(DEFINES) $(LIBBPF_CFLAGS) $(CPPFLAGS)
COMPILE   = $(CC) $(COMPILE_FLAGS)
BPF_COMPILE = $(CLANG) -O2 -g $(ANYWHERE) -Wall -Wextra -Wno-unused-parameter $(STRICT) \
	      -target bpf -D__TARGET_ARCH_$(ARCH) -Ivmlinux -Ibpf $(LIBBPF_CFLAGS) $(BPF_CFLAGS)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -O1 -g

USER_SOURCES := $(filter-out $(NO_SOURCES),$(wildcard user/*/*.c))
USER_OBJECTS := $(USER_SOURCES:user/%.c=$(BUILD)/user/%.o)
BPF_SOURCES  := $(wildcard bpf/*.[ch] bpf/*/*.h) vmlinux/vmlinux.h
SKELETON     := $(BUILD)/iophase.skel.h $(BUILD)/light.skel.h
PAGE         := $(BUILD)/page.inc
CORE_NAMES   := $(BUILD)/core_names.inc
TOOLS        := $(BUILD)/tools.ok

all: $(BUILD)/iophase

help:
	@echo 'make             build $(BUILD)/iophase (no root, no kernel BTF needed)'
	@echo 'make demo        install what is missing, build, trace the built-in server under load'
	@echo 'make textbook    twelve servers, the textbook figure and its claims, measured; docs/textbook.md'
	@echo 'make test        install what is missing, build, run what proves the program; TURN=N'
	@echo 'make test-all    the same, with what make test runs by turns'
	@echo 'make lint        format, include rules, static analysis'
	@echo 'make bench       what tracing costs, beside empty programs; PEERS=1: and other tracers;'
	@echo '                 ROUNDS=3 ARMS="none iophase floor" MARKDOWN=docs/bench.md'
	@echo '                 SCALE=1: what comes of threads, processes, connections, calls by the thousand'
	@echo 'make sanitize    live sessions under AddressSanitizer and UndefinedBehaviorSanitizer, and valgrind'
	@echo 'make fuzz        gives what reads texts of others made-up ones; SECONDS_EACH=60'
	@echo 'make test-kernels  boot other kernels in qemu and run live tests there'
	@echo 'make install     PREFIX=/usr/local DESTDIR=; UNITDIR= (nothing): without the systemd unit'
	@echo 'make static      $(STATIC): one file that runs with nothing installed'
	@echo 'make static-arm64  the same for arm64, cross-compiled'
	@echo 'make dist        $(DIST): the source, to be built offline'
	@echo 'make deb, make rpm  packages, in $(BUILD)/deb and $(BUILD)/rpm; make test-packages tries them in fresh Debians'
	@echo 'make clean'
	@echo 'TOP=0: without iophase top and ncurses'
	@echo 'HTTP=0: without the HTTP server of iophase export, libmicrohttpd, libyaml and libcrypt'
	@echo 'Variables: CFLAGS CPPFLAGS LDFLAGS BPF_CFLAGS CC CLANG BPFTOOL PKGCONFIG; WERROR=1 makes a warning an error'

# --- the program

# Says in one line what is too old or missing, instead of a page of errors later: whatever is compiled
# comes after it (scripts/check-tools-first).
$(TOOLS): scripts/check-tools | $(BUILD)
	@CLANG='$(CLANG)' BPFTOOL='$(BPFTOOL)' PKGCONFIG='$(PKGCONFIG)' scripts/check-tools
	@touch $@

# What was chosen, rewritten only where it is another choice than the last time: what is linked of
# other objects or libraries then is linked anew. $(LINKED) is what else it is made of.
CHOICES := $(BUILD)/choices
CHOSEN  := HTTP=$(HTTP) TOP=$(TOP)
LINKED   = $(filter %.c %.o,$^)

$(CHOICES): FORCE | $(BUILD)
	@echo '$(CHOSEN)' | cmp -s - $@ || echo '$(CHOSEN)' > $@

$(BUILD)/iophase: $(USER_OBJECTS) $(CHOICES)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(LINKED) $(LIBS)

$(BUILD)/user/%.o: user/%.c $(SKELETON) Makefile packaging/VERSION
	@mkdir -p $(@D)
	$(COMPILE) $(CFLAGS) -MMD -MP -c -o $@ $<

# bpftool's linker leaves the debugging information behind, but BTF: half of the size.
$(BUILD)/light.bpf.o: BPF_WAY := -DONLY_LIGHT
$(BUILD)/iophase.bpf.o $(BUILD)/light.bpf.o: $(BPF_SOURCES) Makefile | $(BUILD) $(TOOLS)
	$(BPF_COMPILE) $(BPF_WAY) -c -o $@.tmp bpf/iophase.bpf.c
	$(BPFTOOL) gen object $@ $@.tmp
	rm $@.tmp

$(BUILD)/%.skel.h: $(BUILD)/%.bpf.o
	$(BPFTOOL) gen skeleton $< name $*_bpf > $@.tmp
	mv $@.tmp $@

# What the objects look up among the kernel's types.
$(CORE_NAMES): scripts/core-names $(BUILD)/iophase.bpf.o $(BUILD)/light.bpf.o
	BPFTOOL='$(BPFTOOL)' scripts/core-names $(wordlist 2,3,$^) > $@.tmp
	mv $@.tmp $@

$(BUILD)/user/kernel/kernel_btf.o $(BUILD)/asan/kernel/kernel_btf.o: $(CORE_NAMES)

# The page of -o html:FILE, as bytes of C.
$(PAGE): scripts/build-page $(wildcard user/sinks/page/*) | $(BUILD) $(TOOLS)
	scripts/build-page user/sinks/page > $@.tmp
	mv $@.tmp $@

$(BUILD)/user/sinks/sink_html.o $(BUILD)/asan/sinks/sink_html.o $(BUILD)/fuzz/user/sinks/sink_html.o: $(PAGE)

$(BUILD) $(BUILD)/tests $(BUILD)/unit:
	mkdir -p $@

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d $(BUILD)/*/*/*/*.d)

# --- servers and workloads of the tests

SERVER_COMMON := tally tally_calls serve asleep
SERVERS := $(filter-out $(SERVER_COMMON),$(patsubst tests/servers/%.c,%,$(wildcard tests/servers/*.c)))
SERVER_OBJECTS := $(SERVER_COMMON:%=$(BUILD)/tests/%.o)
TEST_CFLAGS := -std=gnu11 -O2 -g $(ANYWHERE) $(WARNINGS) -D_GNU_SOURCE= -Itests/servers -MMD -MP

servers: $(SERVERS:%=$(BUILD)/tests/%) $(BUILD)/tests/exact $(BUILD)/tests/server_io_uring $(BUILD)/tests/iophase-tiny \
	$(BUILD)/tests/iophase-unaware $(BUILD)/tests/iophase-older

$(BUILD)/tests/%.o: tests/servers/%.c Makefile | $(BUILD)/tests $(TOOLS)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -c -o $@ $<

$(BUILD)/tests/exact: $(wildcard tests/servers/exact/*.[ch]) $(SERVER_OBJECTS) Makefile
	$(CC) $(TEST_CFLAGS) -pthread -o $@ $(filter %.c %.o,$^)

$(BUILD)/tests/server_io_uring: $(wildcard tests/servers/io_uring/*.[ch]) $(SERVER_OBJECTS) Makefile
	$(CC) $(TEST_CFLAGS) -o $@ $(filter %.c %.o,$^) -luring

$(SERVERS:%=$(BUILD)/tests/%): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(SERVER_OBJECTS)
	$(CC) -pthread -o $@ $^ $(SERVER_LIBS)

$(BUILD)/tests/server_linux_aio: SERVER_LIBS := -laio
$(BUILD)/tests/uring_exact $(BUILD)/tests/uring_reads: $(BUILD)/tests/io_uring/ring.o
$(BUILD)/tests/uring_exact $(BUILD)/tests/uring_reads: SERVER_LIBS := -luring

# Probes: programs that show one fact of the textbook each.
PROBES := select_limit watch triggers overlap
servers: $(PROBES:%=$(BUILD)/tests/%)

$(BUILD)/tests/%.o: tests/textbook/probes/%.c Makefile | $(BUILD)/tests $(TOOLS)
	$(CC) $(TEST_CFLAGS) -c -o $@ $<

$(PROBES:%=$(BUILD)/tests/%): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(SERVER_OBJECTS)
	$(CC) -pthread -o $@ $^

$(BUILD)/tests/overlap: $(BUILD)/tests/overlap_ring.o

# The program with pools so small that they overflow: what is lost must be counted and named.
$(BUILD)/tests/iophase-tiny: user/kernel/pools.c $(filter-out $(BUILD)/user/kernel/pools.o,$(USER_OBJECTS)) $(CHOICES)
	$(COMPILE) $(CFLAGS) $(LDFLAGS) \
		-DROWS_PER_THREAD=1 -DROWS_OF_EXCHANGES=0 -DOCTAVES_PER_ROW=1 -DUPSTREAMS_MAX=3 \
		-DLOST_THREADS_MAX=3 -o $@ $(LINKED) $(LIBS)

# The program that misses every death, as it may happen to the kernel half now and then.
$(BUILD)/tests/iophase-unaware: user/kernel/programs.c $(filter-out $(BUILD)/user/kernel/programs.o,$(USER_OBJECTS)) $(CHOICES)
	$(COMPILE) $(CFLAGS) $(LDFLAGS) -DDEATHS_UNSEEN -o $@ $(LINKED) $(LIBS)

# The program that takes any kernel for one that does not tell when data are ready in a socket, nor
# which threads are asleep.
$(BUILD)/tests/iophase-older: user/kernel/cap_events.c $(filter-out $(BUILD)/user/kernel/cap_events.o,$(USER_OBJECTS)) $(CHOICES)
	$(COMPILE) $(CFLAGS) $(LDFLAGS) -DNO_EVENTS_OF_SOCKETS=true -o $@ $(LINKED) $(LIBS)

.SECONDARY:

# --- unit tests: the pure part, under AddressSanitizer and UndefinedBehaviorSanitizer

PURE := $(filter-out app/main $(patsubst %,kernel/%,collector half pools threads hooks),$(USER_SOURCES:user/%.c=%))
PURE_OBJECTS := $(PURE:%=$(BUILD)/asan/%.o)
UNITS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*/test_*.c))

units: $(UNITS:%=$(BUILD)/unit/%) $(BUILD)/unit/golden $(BUILD)/asan/iophase

# Some see the skeleton; without this a first parallel build would miss it.
$(BUILD)/asan/%.o: user/%.c Makefile | $(SKELETON)
	@mkdir -p $(@D)
	$(COMPILE) $(SANITIZE) -MMD -MP -c -o $@ $<

$(BUILD)/unit/%.o: tests/unit/%.c Makefile | $(SKELETON)
	@mkdir -p $(@D)
	$(COMPILE) $(SANITIZE) -Itests/unit -MMD -MP -c -o $@ $<

$(BUILD)/unit/%.o: tests/golden/%.c Makefile | $(BUILD)/unit $(TOOLS)
	$(COMPILE) $(SANITIZE) -Itests/golden -MMD -MP -c -o $@ $<

# The table of programs is held against the kernel half as it was built.
$(BUILD)/asan/kernel/programs.o $(BUILD)/unit/kernel/test_programs.o: $(SKELETON)

$(BUILD)/asan/libpure.a: $(PURE_OBJECTS) $(CHOICES)
	rm -f $@
	$(AR) rcs $@ $(LINKED)

$(UNITS:%=$(BUILD)/unit/%): $(BUILD)/unit/%: $(BUILD)/unit/%.o $(BUILD)/asan/libpure.a
	$(CC) $(SANITIZE) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(LIBS)

# The whole program under them, for live sessions.
$(BUILD)/asan/iophase: $(USER_SOURCES:user/%.c=$(BUILD)/asan/%.o) $(CHOICES)
	$(CC) $(SANITIZE) -o $@ $(LINKED) $(LIBS)

# What test_shape_steps counts the steps of: each basic block calls it.
STEPPED := $(patsubst %,$(BUILD)/stepped/%.o,judge/shape books/families books/snapshot)
$(STEPPED): $(BUILD)/stepped/%.o: user/%.c Makefile | $(SKELETON)
	@mkdir -p $(@D)
	$(COMPILE) $(SANITIZE) -fsanitize-coverage=trace-pc -MMD -MP -c -o $@ $<

$(BUILD)/unit/judge/test_shape_steps: $(STEPPED)

$(BUILD)/unit/golden: $(BUILD)/unit/golden.o $(BUILD)/unit/fixture.o $(BUILD)/unit/fixture_connections.o $(BUILD)/asan/libpure.a
	$(CC) $(SANITIZE) -o $@ $^ $(LIBS)

# --- fuzz targets: what reads texts that others write, by clang's libFuzzer under the same sanitizers

FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -O1 -g
FUZZED := $(filter user/base/% user/proc/% user/books/% user/judge/% user/sinks/% user/json/% user/top/% \
	user/target/selector.c user/target/facts.c $(patsubst %,user/app/%.c,command_line endpoint help ps option_rows option_types time_parse),$(USER_SOURCES))
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

fuzzers: $(FUZZERS:%=$(BUILD)/fuzz/%)

$(BUILD)/fuzz/user/%.o: user/%.c Makefile | $(TOOLS)
	@mkdir -p $(@D)
	$(CLANG) $(COMPILE_FLAGS) $(FUZZ_SANITIZE) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/%.o: tests/fuzz/%.c Makefile | $(TOOLS)
	@mkdir -p $(@D)
	$(CLANG) $(COMPILE_FLAGS) $(FUZZ_SANITIZE) -fsanitize=fuzzer-no-link -Itests/fuzz -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/libfuzzed.a: $(FUZZED:user/%.c=$(BUILD)/fuzz/user/%.o)
	rm -f $@
	$(AR) rcs $@ $^

$(FUZZERS:%=$(BUILD)/fuzz/%): $(BUILD)/fuzz/%: $(BUILD)/fuzz/fuzz_%.o $(BUILD)/fuzz/fuzz.o $(BUILD)/fuzz/libfuzzed.a
	$(CLANG) $(FUZZ_SANITIZE) -fsanitize=fuzzer -o $@ $^ -ljson-c

# The server and the client of the demonstration: they need no further library.
DEMO := $(BUILD)/tests/server_epoll $(BUILD)/tests/load

# --- benchmark programs

BENCH := calls rings switches threads progs
bench-programs: $(BENCH:%=$(BUILD)/tests/%) $(BUILD)/tests/floor $(DEMO)

$(BUILD)/tests/%.o: tests/bench/%.c Makefile | $(BUILD)/tests $(TOOLS)
	$(CC) $(TEST_CFLAGS) -Itests/bench -I$(BUILD) $(LIBBPF_CFLAGS) -c -o $@ $<

$(BUILD)/floor.bpf.o: tests/bench/floor.bpf.c Makefile | $(BUILD) $(TOOLS)
	$(BPF_COMPILE) -c -o $@ $<

$(BUILD)/tests/floor.o: $(BUILD)/floor.skel.h
$(BUILD)/tests/floor $(BENCH:%=$(BUILD)/tests/%): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/tests/gate.o
	$(CC) -pthread -o $@ $^ $(LIBBPF_LIBS) $(BENCH_LIBS)

$(BUILD)/tests/rings: BENCH_LIBS := -luring

# --- what people call

# Who proves the program wants no warning in it.
test test-all sanitize fuzz lint: export WERROR ?= 1

demo:
	scripts/install-deps build demo
	$(MAKE) all $(DEMO)
	scripts/demo

textbook:
	scripts/install-deps build textbook
	$(MAKE) all servers
	scripts/textbook --docs

test test-all:
	scripts/install-deps build test $(if $(filter test-all,$@),arm64)
	@scripts/install-deps browser || echo 'without a browser what it would show is not tested: html.bats says so'
	$(MAKE) all servers units fuzzers
	scripts/test $(if $(filter test-all,$@),--all)

sanitize:
	scripts/install-deps build test
	$(MAKE) servers $(BUILD)/asan/iophase
	bats tests/live/sanitized.bats

SECONDS_EACH ?= 60
fuzz:
	scripts/install-deps build fuzz
	$(MAKE) fuzzers
	scripts/fuzz --seconds $(SECONDS_EACH)

test-kernels:
	scripts/install-deps build test kernels arm64
	$(MAKE) all servers
	MEMORY=$${MEMORY:-1536} scripts/test-kernels --docs

lint:
	scripts/install-deps build lint
	$(MAKE) all
	scripts/lint

bench:
	scripts/install-deps build bench $(if $(PEERS),peers)
	$(MAKE) all bench-programs $(if $(SCALE),servers)
	scripts/bench $(if $(SCALE),--scale) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ARMS),--arms "$(ARMS)") \
		$(if $(MARKDOWN),--markdown $(MARKDOWN))

include packaging/targets.mk

clean:
	rm -rf $(BUILD)

.PHONY: all help servers units fuzzers bench-programs demo textbook test test-all sanitize fuzz test-kernels lint bench clean
.DELETE_ON_ERROR:
