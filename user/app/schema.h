/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * schema.h - the command `schema`: the JSON Schema of what -o json writes.
 */
#ifndef IOPHASE_APP_SCHEMA_H
#define IOPHASE_APP_SCHEMA_H

#include "base/exit_code.h"

struct options;

enum exit_code schema_run(const struct options *o);

#endif
