/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_links.c - what a descriptor's link in /proc says: a socket is just what the kernel writes
 * for one, and nothing else is stored.
 */
#include <errno.h>
#include <inttypes.h>

#include "fuzz.h"
#include "proc/proc_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *link = fuzz_string(data, size), written[64];
	uint64_t inode = 7, again;
	int err = proc_text_socket(link, &inode);

	ENSURE(!err || (err == -EPROTO && inode == 7));
	if (!err)
		ENSURE(!strncmp(link, "socket:[", 8) && link[strlen(link) - 1] == ']');
	/* Whatever number the kernel writes is read. */
	snprintf(written, sizeof(written), "socket:[%" PRIu64 "]", inode);
	ENSURE(!proc_text_socket(written, &again) && again == inode);
	free(link);
	return 0;
}
