/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * option_types.h - what a row of the table of options is, and how arguments of each type are read.
 */
#ifndef IOPHASE_OPTION_TYPES_H
#define IOPHASE_OPTION_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "app/command.h"
#include "base/word.h"

struct option_row;
struct selector_kind;
struct sink;

/* Reads an argument into a field; 0, or -1 after one line that says why not. */
typedef int option_reader(const struct option_row *row, const char *text, void *field);

struct option_row {
	const char *name;
	char letter; /* 0: none */
	enum option_group group;
	const char *argument; /* its name in the help text; NULL: it takes none */
	option_reader *read;  /* its type; NULL: an option that prints something and ends */
	size_t offset;	      /* of its field in struct options */
	union {
		struct {
			uint64_t min, below; /* of a time, ns */
		} time;
		struct {
			uint64_t min, max;
		} count;
		const struct word *choices;	      /* and what they set the field to */
		const struct sink *sink;	      /* of a file: what is written there */
		const struct selector_kind *selector; /* of one of the targets */
	};
	const char *fallback; /* the argument that holds without it, or NULL */
	const char *bare; /* its argument where it is given without one, or NULL: it needs one */
	const char *help;
};

/* The types, and the fields that they fill: */
option_reader read_flag;     /* bool */
option_reader read_time;     /* uint64_t, ns */
option_reader read_count;    /* uint64_t */
option_reader read_choice;   /* an enum */
option_reader read_set;	     /* uint32_t, bits by the values of words */
option_reader read_text;     /* const char *, a word that is not empty */
option_reader read_endpoint; /* the same, an address and a port */
option_reader read_pids;     /* struct pid_list: each once; may be given again */
option_reader read_selector; /* struct selection: one more, of the row's kind */
option_reader read_excluded; /* struct selection: one more that excludes, a word */
option_reader read_file;     /* struct output_choices: one more, of the row's sink */
option_reader read_output;   /* struct output_choices: one more, KIND:FILE */

#endif
