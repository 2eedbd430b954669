/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * service_labels.h - by what processes are put together as a service: a table of labels.
 */
#ifndef IOPHASE_SERVICE_LABELS_H
#define IOPHASE_SERVICE_LABELS_H

enum {
	SERVICE_NAME_LEN = 256,
};

/* By what; the words for them on the command line are in user/app/option_rows.c. */
enum service_label {
	LABEL_COMM,
	LABEL_EXE,
	LABEL_CONTAINER,
	LABEL_UNIT,
	SERVICE_LABELS,
};

/* What is known of a process beside its comm; "" is not known, or none. */
struct service_facts {
	const char *exe;       /* path of its program, as /proc has it */
	const char *container; /* its whole id */
	const char *unit;      /* of systemd */
};

/*
 * Writes the name of a process's service to a buffer of SERVICE_NAME_LEN bytes: "" where it has
 * none by this label, and goes by its comm.
 */
void service_name(enum service_label label, const struct service_facts *facts, char *name);

#endif
