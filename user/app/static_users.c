/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * static_users.c - only in the program that is linked statically (make static): users and groups
 * are those of /etc/passwd and /etc/group.
 *
 * What other sources nsswitch.conf names are shared libraries of the machine's own C library. Ours
 * may be of another version, and loading them then may crash it.
 */
#include <nss.h>

#include "base/log.h"

/* Before main(): says where users and groups are looked up. */
__attribute__((constructor)) static void users_from_files(void)
{
	static const char *const databases[] = {"passwd", "group", "initgroups"};

	for (unsigned i = 0; i < sizeof(databases) / sizeof(*databases); i++)
		if (__nss_configure_lookup(databases[i], "files"))
			log_warn("%s: not only files are asked", databases[i]);
}
