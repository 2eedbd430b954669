/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_status.c - /proc/PID/status. A name, in which the kernel has escaped newlines, hides no line
 * behind it.
 */
#include <errno.h>

#include "fuzz.h"
#include "proc/proc_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char rest[] =
		"\nUid:\t0\t33\t0\t0\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t4\nPid:\t9\nNSpid:\t9\t7\t3\n";
	char *text = fuzz_string(data, size),
	     *whole = malloc(size + sizeof("Name:\t") + sizeof(rest));
	pid_t tgid = -7, inside = -7;
	uid_t user = 7;
	int err = proc_text_tgid(text, &tgid);

	ENSURE(whole);
	ENSURE(!err || err == -EPROTO);
	ENSURE(err ? tgid == -7 : tgid > 0);
	err = proc_text_inside(text, &inside);
	ENSURE(!err || err == -EPROTO);
	ENSURE(err ? inside == -7 : inside >= 0);
	text[strcspn(text, "\n")] = '\0';
	sprintf(whole, "Name:\t%s%s", text, rest);
	ENSURE(!proc_text_tgid(whole, &tgid) && tgid == 4);
	ENSURE(!proc_text_inside(whole, &inside) && inside == 3);
	ENSURE(!proc_text_user(whole, &user) && user == 33);
	free(whole);
	free(text);
	return 0;
}
