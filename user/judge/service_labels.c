/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * service_labels.c - see service_labels.h.
 *
 * What goes in: what is known of a process. What comes out: the name of its service. Pure.
 */
#include <stdio.h>
#include <string.h>

#include "judge/service_labels.h"

enum {
	ID_SHOWN = 12, /* digits, as `docker ps` and its kin print it */
};

/* Of its own name alone. */
static void by_comm(const struct service_facts *facts, char *name)
{
	(void)facts;
	name[0] = '\0';
}

/* The path; of one that is replaced, without what the kernel puts behind it. */
static void by_exe(const struct service_facts *facts, char *name)
{
	static const char gone[] = " (deleted)";
	size_t length = strlen(facts->exe), end = strlen(gone);

	if (length > end && !strcmp(facts->exe + length - end, gone))
		length -= end;
	/* The end of a path is what tells programs apart. */
	if (length >= SERVICE_NAME_LEN)
		snprintf(name, SERVICE_NAME_LEN, "...%.*s", SERVICE_NAME_LEN - 4,
			 facts->exe + length - (SERVICE_NAME_LEN - 4));
	else
		snprintf(name, SERVICE_NAME_LEN, "%.*s", (int)length, facts->exe);
}

/* The begin of the id. */
static void by_container(const struct service_facts *facts, char *name)
{
	snprintf(name, SERVICE_NAME_LEN, "%.*s", ID_SHOWN, facts->container);
}

static void by_unit(const struct service_facts *facts, char *name)
{
	snprintf(name, SERVICE_NAME_LEN, "%s", facts->unit);
}

static void (*const namers[SERVICE_LABELS])(const struct service_facts *facts, char *name) = {
	[LABEL_COMM] = by_comm,
	[LABEL_EXE] = by_exe,
	[LABEL_CONTAINER] = by_container,
	[LABEL_UNIT] = by_unit,
};

/* The name of a process's service. */
void service_name(enum service_label label, const struct service_facts *facts, char *name)
{
	namers[label](facts, name);
}
