/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * schema.c - see schema.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/schema.h"
#include "base/log.h"
#include "sinks/json_schema.h"

/* Prints the schema. */
enum exit_code schema_run(const struct options *o)
{
	(void)o;
	json_schema_write(stdout);
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_DONE;
	log_error("stdout: %s", strerror(errno));
	return EXIT_FAILED;
}
