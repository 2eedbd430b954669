/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * word.h - words of the command line and of data, and what they stand for.
 */
#ifndef IOPHASE_WORD_H
#define IOPHASE_WORD_H

/* A word, and a value of an enum; the last one of a table is NULL. */
struct word {
	const char *word;
	int value;
};

#endif
