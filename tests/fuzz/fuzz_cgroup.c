/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_cgroup.c - /proc/PID/cgroup: an id that is found is one, stands in the text, and is found in
 * the path that begins with it; likewise a unit of systemd, which is one part of a path.
 */
#include "fuzz.h"
#include "proc/container.h"
#include "proc/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), id[CONTAINER_ID_LEN] = "?", unit[UNIT_LEN] = "?",
	     again[CONTAINER_ID_LEN];
	char path[CONTAINER_ID_LEN + 1] = "/";

	if (container_id_of_text(text, id)) {
		ENSURE(strlen(id) == CONTAINER_ID_LEN - 1);
		ENSURE(strspn(id, "0123456789abcdef") == strlen(id));
		ENSURE(strstr(text, id));
		strcat(path, id);
		ENSURE(container_id_of_path(path, again) && !strcmp(id, again));
	} else {
		ENSURE(!strcmp(id, "?"));
	}
	if (unit_of_text(text, unit)) {
		ENSURE(strlen(unit) > strlen(".scope") && strlen(unit) < UNIT_LEN);
		ENSURE(!strchr(unit, '/') && strstr(text, unit));
	} else {
		ENSURE(!strcmp(unit, "?"));
	}
	free(text);
	return 0;
}
