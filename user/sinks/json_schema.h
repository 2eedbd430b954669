/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * json_schema.h - the schema of each line that sink_json.c writes.
 */
#ifndef IOPHASE_JSON_SCHEMA_OF_LINES_H
#define IOPHASE_JSON_SCHEMA_OF_LINES_H

#include <stdio.h>

/* Writes it: JSON Schema, 2020-12. */
void json_schema_write(FILE *out);

#endif
