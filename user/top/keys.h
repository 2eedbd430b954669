/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keys.h - the keys of `iophase top`.
 */
#ifndef IOPHASE_TOP_KEYS_H
#define IOPHASE_TOP_KEYS_H

#include "top/view.h"

enum {
	KEYS_OF_ROW = 4,
};

struct top_key_row {
	uint32_t key[KEYS_OF_ROW]; /* any of these */
	const char *shown;	   /* how they are called; NULL ends the table */
	const char *brief;	   /* what they do in a word, for the last line; NULL: not there */
	const char *help;
	unsigned int pages; /* on which they do it; a set of bits 1 << PAGE_... */
	void (*act)(struct top_view *v, uint32_t key);
};

extern const struct top_key_row top_keys[];

/*
 * The key that a sequence of characters behind Esc stands for on common terminals, whatever TERM
 * says: "[H" is Home. 0: none that is used.
 */
uint32_t top_key_of(const char *sequence);

/* Does what a key, or the mouse, means in the view as it was drawn. */
void top_press(struct top_view *v, const struct top_event *event);

#endif
