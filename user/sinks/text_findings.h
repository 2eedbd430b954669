/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_findings.h - what the report says is wrong, or worth to know.
 */
#ifndef IOPHASE_TEXT_FINDINGS_H
#define IOPHASE_TEXT_FINDINGS_H

#include "sinks/sink.h"

/*
 * Writes what was found of a process, or of a family and its processes, the worst first; of NULL,
 * what was found of the report itself. Nothing if there is nothing.
 */
void text_findings(FILE *out, const struct report *r, const struct report_task *t,
		   const struct style *style);

#endif
