/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_net.c - a line of the kernel's tables of sockets: what is found has a port and an inode, and
 * only what is found is stored.
 */
#include "fuzz.h"
#include "proc/proc_net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = fuzz_string(data, size);

	for (int udp = 0; udp < 2; udp++) {
		uint16_t port = 7;
		uint64_t inode = 8;
		bool more, waits = proc_net_waits(line, udp, &port, &inode, &more);

		ENSURE(waits || (port == 7 && inode == 8));
		ENSURE(more || (!udp && !waits));
	}
	free(line);
	return 0;
}
