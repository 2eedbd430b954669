# What is given to others: installed, as one file, as source.

# --- make install: where it goes. ZSHDIR and UNITDIR differ between distributions; without UNITDIR
# there is no unit. Nothing is started, nor switched on at boot.
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
UNITDIR ?= $(PREFIX)/lib/systemd/system

# What runs here and can tell its completions: of a cross-build, a program of this machine.
IOPHASE_HERE ?= $(BUILD)/iophase

COMPLETIONS := $(patsubst %,$(BUILD)/completions/%,bash zsh fish)
completions: $(COMPLETIONS)

$(COMPLETIONS): $(BUILD)/iophase
	@mkdir -p $(@D)
	$(IOPHASE_HERE) completion $(@F) > $@.tmp
	mv $@.tmp $@

# A page for each command: scripts/check-docs holds them against the program.
MAN_PAGES := $(patsubst docs/%,$(BUILD)/%,$(wildcard docs/man/*.8))
man: $(MAN_PAGES)

$(MAN_PAGES): $(BUILD)/man/%.8: docs/man/%.8 packaging/VERSION
	@mkdir -p $(@D)
	sed 's/@VERSION@/$(VERSION)/' $< > $@

$(BUILD)/iophase.service: deploy/iophase.service FORCE | $(BUILD)
	sed 's|^ExecStart=/usr/bin/|ExecStart=$(BINDIR)/|' $< > $@

install: $(BUILD)/iophase $(MAN_PAGES) $(COMPLETIONS) $(if $(UNITDIR),$(BUILD)/iophase.service)
	install -D -m 0755 $(BUILD)/iophase "$(DESTDIR)$(BINDIR)/iophase"
	install -d "$(DESTDIR)$(MANDIR)/man8"
	install -m 0644 $(MAN_PAGES) "$(DESTDIR)$(MANDIR)/man8/"
	install -D -m 0644 $(BUILD)/completions/bash "$(DESTDIR)$(BASHDIR)/iophase"
	install -D -m 0644 $(BUILD)/completions/zsh "$(DESTDIR)$(ZSHDIR)/_iophase"
	install -D -m 0644 $(BUILD)/completions/fish "$(DESTDIR)$(FISHDIR)/iophase.fish"
ifneq ($(UNITDIR),)
	install -D -m 0644 $(BUILD)/iophase.service "$(DESTDIR)$(UNITDIR)/iophase.service"
endif

# --- make static: the same objects linked into one file, without what cannot be (TLS of
# libmicrohttpd, so the server of iophase export), and with users from files only.
MACHINE := $(subst arm64,aarch64,$(subst x86,x86_64,$(ARCH)))
STATIC  := $(BUILD)/static/iophase-$(MACHINE)

static: $(STATIC)

# The linker warns that looking up users may load libraries; static_users.c sees to it that it does not.
STATIC_SOURCES := $(filter-out $(HTTP_SOURCES) $(TOP_OTHER),$(wildcard user/*/*.c))
$(STATIC): $(STATIC_SOURCES:user/%.c=$(BUILD)/user/%.o) $(CHOICES)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -static -s -o $@ $(LINKED) $(LIBBPF) -lelf -lz $(STATIC_LIBS) -ljson-c -pthread $(TOP_LIBS)

static-arm64:
	scripts/install-deps arm64
	scripts/kernels/cross $(BUILD)/arm64 static
	install -D $(BUILD)/arm64/static/iophase-aarch64 $(BUILD)/static/iophase-aarch64

# --- make dist: an archive of what git knows, or of all that is here. The same source gives the same bytes.
DIST := $(BUILD)/iophase-$(VERSION).tar.gz

dist:
	scripts/dist $(DIST)

# --- packages. They are built from the archive, in folders of their own.
deb:
	scripts/install-deps build packages
	scripts/package-deb $(BUILD)/deb

rpm:
	scripts/install-deps build packages
	scripts/package-rpm $(BUILD)/rpm

test-packages:
	scripts/install-deps build packages
	scripts/test-packages

FORCE:
.PHONY: completions man install static static-arm64 dist deb rpm test-packages FORCE
