/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fmt_address.h - addresses of sockets as people write them.
 */
#ifndef IOPHASE_FMT_ADDRESS_H
#define IOPHASE_FMT_ADDRESS_H

#include "base/types.h"

struct address_text {
	char s[4 * ADDRESS_MAX + 2]; /* each byte may become \xNN; @ before it */
};

enum {
	ADDRESS_SHORT = 48, /* columns: any IPv6 address with a port fits */
};

struct short_address {
	char s[ADDRESS_SHORT + 1];
};

/*
 * 127.0.0.1:80, [::1]:80, /run/x.sock, @abstract, or, of a UNIX socket without a name,
 * socket:[INODE], as /proc/PID/fd shows it. Empty where there is none.
 */
struct address_text fmt_address(unsigned int family, const struct conn_address *a, bool utf8);

/*
 * The same of an upstream, whose name is that of a UNIX socket; of datagrams that are not connected
 * *:*, of a UNIX socket without a name *. Other bytes than printable ASCII are \xNN.
 */
struct address_text fmt_upstream(const struct upstream_key *key, const char name[UNIX_NAME_LEN]);

/* The same in no more columns than ADDRESS_SHORT: of a longer one the end, behind "...". */
struct short_address fmt_upstream_short(const struct upstream_key *key,
					const char name[UNIX_NAME_LEN]);

#endif
