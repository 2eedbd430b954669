/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * csv_field.h - a text as one field of CSV.
 */
#ifndef IOPHASE_CSV_FIELD_H
#define IOPHASE_CSV_FIELD_H

#include <stdio.h>

/*
 * Writes a text as RFC 4180 has it: quoted if need be, quotes doubled. Where a spreadsheet would
 * take it for a formula, the character that it begins with becomes \xNN.
 */
void csv_write_field(FILE *out, const char *s);

#endif
