/*
 * `exact`: makes every tallied call with every outcome that can be arranged, and says how often.
 *
 * In: --gate FILE, --tally FILE, --rounds N (1), --threads N (1), --seconds S.
 * Out: the tally. Everything happens after the gate. Exit code 1 if a call's result is not as
 * arranged, with one line on stderr.
 */
#define _GNU_SOURCE
#include "exact.h"
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MAX_THREADS 64
#define FILE_BYTES  65536

static long rounds = 1, threads = 1;

static const struct serve_option options[] = {
	{.name = "rounds", .number = &rounds}, {.name = "threads", .number = &threads}, {0}};

void expect(const char *file, int line, const char *what, long got, long want)
{
	long result = got < 0 ? -errno : got;

	if (result == want)
		return;
	fprintf(stderr, "exact: %s:%d: %s: got %ld, wanted %ld\n", file, line, what, result, want);
	exit(1);
}

void require(const char *file, int line, const char *what, bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "exact: %s:%d: %s: %s\n", file, line, what, strerror(errno));
	exit(1);
}

/* Has this kernel epoll_pwait2 (5.11)? By its version: a call made to try would be counted. */
static bool has_pwait2(void)
{
	int major = 0, minor = 0;
	struct utsname u;

	REQUIRE(!uname(&u) && sscanf(u.release, "%d.%d", &major, &minor) == 2);
	return major > 5 || (major == 5 && minor >= 11);
}

/* One thread's work: all parts, --rounds times, in a folder of its own. */
static void *work(void *arg)
{
	static const char zeros[FILE_BYTES];
	struct exact x = {.dir = "/tmp/exact.XXXXXX"};
	char path[96];

	REQUIRE(mkdtemp(x.dir));
	snprintf(path, sizeof(path), "%s/file", x.dir);
	x.file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	REQUIRE(x.file >= 0 && pwrite(x.file, zeros, FILE_BYTES, 0) == FILE_BYTES);
	REQUIRE(!unlink(path));
	x.has_pwait2 = has_pwait2();
	x.alone = threads == 1;
	serve_gate();
	for (long i = 0; i < rounds; i++) {
		exact_transfers(&x);
		exact_datagrams(&x);
		exact_splices(&x);
		exact_anonymous(&x);
		exact_uncounted(&x);
		exact_bad_fds(&x);
		exact_accepts(&x);
		exact_connects(&x);
		exact_queues(&x);
		exact_waits(&x);
		exact_epoll_ctl(&x);
		exact_signals(&x);
	}
	close(x.file);
	REQUIRE(!rmdir(x.dir));
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[MAX_THREADS];

	serve_parse(argc, argv, options);
	serve_signals();
	partner_init();
	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	for (long i = 1; i < threads; i++)
		REQUIRE(!pthread_create(&t[i], NULL, work, NULL));
	work(NULL);
	for (long i = 1; i < threads; i++)
		pthread_join(t[i], NULL);
	serve_finish();
}
