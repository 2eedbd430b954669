/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * words.h - the words by which numbers of an enum stand in JSON: those of the enum may change.
 *
 * Each returns NULL if there is none of that number.
 */
#ifndef IOPHASE_WORDS_H
#define IOPHASE_WORDS_H

typedef const char *word_of(unsigned int i);

word_of word_of_outcome;
word_of word_of_phase;
word_of word_of_way;
word_of word_of_counter;
word_of word_of_op;
word_of word_of_sleep;
word_of word_of_away;
word_of word_of_evidence; /* of the sums of a struct shape_evidence */
word_of word_of_role;
word_of word_of_conn_state;
word_of word_of_key;

#endif
