/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * selector.h - processes by what their user knows of them: a table of kinds of selectors, and
 * lists of selectors that decide together.
 */
#ifndef IOPHASE_SELECTOR_H
#define IOPHASE_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct facts;
struct selector;

/* A kind of selector. */
struct selector_kind {
	const char *name;   /* that of its option */
	const char *phrase; /* what a process is that matches, before the text */
	/* Makes the number or path of a selector from its text; NULL, or why it is none. */
	const char *(*parse)(struct selector *s);
	bool (*matches)(const struct selector *s, struct facts *f);
};

extern const struct selector_kind selector_name, selector_exe, selector_port, selector_cgroup,
	selector_container, selector_user, selector_all;

struct selector {
	const struct selector_kind *kind;
	const char *text; /* as it was given; of argv */
	char *path;	  /* what it came to, of those of paths; freed with the selection */
	uint64_t number;  /* the same of those of numbers */
};

/* A zeroed one selects nothing. */
struct selection {
	struct selector *include, *exclude;
	size_t includes, excludes;
};

/* Adds one that includes, or, with `excludes`, leaves out; NULL, or why it is none. */
const char *selection_add(struct selection *s, bool excludes, const struct selector_kind *kind,
			  const char *text);

/*
 * The same of a word: ":8080" is a port, "KIND=VALUE" one of a kind, anything else a name. NULL, or
 * why it is none.
 */
const char *selection_add_word(struct selection *s, bool excludes, const char *word);

/* Adds all who have sockets. */
void selection_add_all(struct selection *s);

/*
 * Whether a process is selected: for each kind that is there by one of that kind, and by none that
 * excludes.
 */
bool selection_has(const struct selection *s, struct facts *f);

/* Whether a kind of selector is among them, including or excluding. */
bool selection_asks(const struct selection *s, const struct selector_kind *kind);

/* The same of those that exclude. */
bool selection_excludes(const struct selection *s, const struct selector_kind *kind);

/*
 * Whether a process that is gone may have been selected: all that is known is what it was called,
 * and whether it had a socket.
 */
bool selection_may_have_had(const struct selection *s, const char *comm, bool has_sockets);

/* Whether all are selected that have a socket, whatever else they are. */
bool selection_is_all(const struct selection *s);

/* What a selected process is, in words: "is called nginx and waits for clients at port 8080". */
void selection_describe(const struct selection *s, char *text, size_t size);

void selection_clear(struct selection *s);

#endif
