/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_deliver.c - bytes to descriptors that take all, some, or nothing, and signals meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "unit.h"
#include "app/deliver.h"
#include "base/now.h"
#include "base/write_within.h"

enum {
	LOT = 1 << 20, /* bytes, more than a pipe takes */
};

static char lot[LOT];

/* A pipe, in blocking mode; returns the end to write to, *reader the other one. */
static int make_pipe(int *reader)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	*reader = ends[0];
	return ends[1];
}

static void a_full_disk_is_an_error(void **state)
{
	struct signals s;
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(signals_open(&s), 0);
	assert_int_equal(deliver(fd, "x", 1, &s), -ENOSPC);
	close(fd);
	close(s.fd);
}

static void a_pipe_without_a_reader_is_an_error(void **state)
{
	struct signals s;
	int reader, writer = make_pipe(&reader);

	(void)state;
	close(reader);
	assert_int_equal(signals_open(&s), 0);
	assert_int_equal(deliver(writer, "x", 1, &s), -EPIPE);
	close(writer);
	close(s.fd);
}

static void a_stalled_pipe_is_given_up_after_a_signal(void **state)
{
	struct signals s;
	int reader, writer = make_pipe(&reader);

	(void)state;
	assert_int_equal(signals_open(&s), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(deliver(writer, lot, LOT, &s), -ECANCELED);
	assert_int_equal(s.taken, 1);
	assert_true(now_ns() - s.at >= NSEC_PER_SEC);
	/* A second one: at once. */
	assert_int_equal(raise(SIGINT), 0);
	assert_int_equal(deliver(writer, lot, LOT, &s), -ECANCELED);
	assert_int_equal(s.taken, 2);
	/* The descriptor is as it was. */
	assert_int_equal(fcntl(writer, F_GETFL) & O_NONBLOCK, 0);
	close(reader);
	close(writer);
	close(s.fd);
}

static void a_signal_does_not_stop_what_goes_on(void **state)
{
	char name[] = "/tmp/iophase-deliver-XXXXXX";
	struct signals s;
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(signals_open(&s), 0);
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(deliver(fd, lot, LOT, &s), 0);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), LOT);
	assert_int_equal(signals_take(&s), 1);
	close(fd);
	close(s.fd);
}

static void a_write_that_sleeps_is_ended(void **state)
{
	int reader, writer = make_pipe(&reader);
	ssize_t first;

	(void)state;
	/* It takes a part; then nothing. */
	first = write_within(writer, lot, LOT, 20);
	assert_true(first > 0 && first < LOT);
	assert_int_equal(write_within(writer, lot, LOT, 20), -EAGAIN);
	close(reader);
	assert_int_equal(write_within(writer, lot, LOT, 20), -EPIPE);
	close(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(a_pipe_without_a_reader_is_an_error),
		cmocka_unit_test(a_stalled_pipe_is_given_up_after_a_signal),
		cmocka_unit_test(a_signal_does_not_stop_what_goes_on),
		cmocka_unit_test(a_write_that_sleeps_is_ended),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("deliver", tests, NULL, NULL);
}
