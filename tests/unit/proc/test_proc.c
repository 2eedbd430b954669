/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_proc.c - processes and threads in /proc, read from a made-up tree, with all that the kernel
 * and a hostile comm can put there, and from the real one, about this process.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "proc_tree.h"

static void a_hostile_comm_does_not_shift_the_fields_of_stat(void **state)
{
	struct proc_stat stat;

	(void)state;
	put_stat(7, 7, "a) R 1 (b) c\n", 'S', 42, 4194560, 4321);
	assert_int_equal(proc_stat(7, 7, &stat), 0);
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.ppid, 42);
	assert_int_equal(stat.start, 4321);
	assert_false(stat.kernel_thread || stat.dead || stat.exiting || stat.io_worker);
	assert_string_equal(stat.comm, "a) R 1 (b) c\n");
}

static void an_open_stat_is_read_from_its_start_each_time(void **state)
{
	struct proc_stat stat;
	int fd;

	(void)state;
	put_stat(7, 8, "a name that is too long", 'S', 1, 0, 1);
	fd = proc_stat_open(7, 8);
	assert_true(fd >= 0);
	assert_int_equal(proc_stat_read(fd, &stat), 0);
	assert_string_equal(stat.comm, "a name that is ");
	put_stat(7, 8, "b", 'Z', 1, 0, 2);
	assert_int_equal(proc_stat_read(fd, &stat), 0);
	assert_true(stat.dead && stat.start == 2);
	assert_memory_equal(stat.comm, "b\0\0\0\0\0\0\0\0\0\0\0\0\0\0", COMM_LEN);
	close(fd);
	assert_int_equal(proc_stat_open(7, 9), -ESRCH);
}

static void kernel_threads_are_known_by_their_flag(void **state)
{
	struct proc_stat stat;

	(void)state;
	put_stat(2, 2, "kthreadd", 'S', 0, 2129984, 0);
	assert_int_equal(proc_stat(2, 2, &stat), 0);
	assert_true(stat.kernel_thread);
}

static void a_stat_that_is_none_is_an_error(void **state)
{
	struct proc_stat stat = {.state = '?'};

	(void)state;
	put("7/task/7/stat", "");
	assert_int_equal(proc_stat(7, 7, &stat), -EPROTO);
	put("7/task/7/stat", "7 (x) S 1 7 7 0 -1 0 1 2 3");
	assert_int_equal(proc_stat(7, 7, &stat), -EPROTO);
	assert_int_equal(proc_stat(7, 8, &stat), -ESRCH);
	assert_int_equal(stat.state, '?');
}

static void the_process_of_a_thread_is_found(void **state)
{
	pid_t tgid;

	(void)state;
	put("9/status",
	    "Name:\tTgid:\\n5\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t4\nPid:\t9\n");
	assert_int_equal(proc_tgid(9, &tgid), 0);
	assert_int_equal(tgid, 4);
	put("9/status", "Name:\tx\n");
	assert_int_equal(proc_tgid(9, &tgid), -EPROTO);
	assert_int_equal(proc_tgid(10, &tgid), -ESRCH);
}

static void a_comm_may_hold_anything(void **state)
{
	char comm[COMM_LEN];

	(void)state;
	put("7/task/8/comm", "a,\"b\n\x1b[2J\xff\n\n");
	assert_int_equal(proc_comm(7, 8, comm), 0);
	assert_memory_equal(comm, "a,\"b\n\x1b[2J\xff\n\0\0\0\0", COMM_LEN);
	put("7/task/8/comm", "\n");
	assert_int_equal(proc_comm(7, 8, comm), 0);
	assert_string_equal(comm, "");
	put("7/task/8/comm", "kworker/0:1-events\n");
	assert_int_equal(proc_comm(7, 8, comm), 0);
	assert_string_equal(comm, "kworker/0:1-eve");
	assert_int_equal(proc_comm(7, 9, comm), -ESRCH);
	assert_string_equal(comm, "kworker/0:1-eve");
}

static void a_zombie_with_living_threads_goes_on(void **state)
{
	bool ended;

	(void)state;
	put_stat(7, 7, "x", 'Z', 1, 0, 1);
	assert_int_equal(proc_ended(7, &ended), 0);
	assert_true(ended);
	put_stat(7, 8, "y", 'Z', 1, 0, 1);
	assert_int_equal(proc_ended(7, &ended), 0);
	assert_true(ended);
	assert_int_equal(proc_speaker(7), 7);
	put_stat(7, 9, "y", 'S', 1, 0, 1);
	assert_int_equal(proc_ended(7, &ended), 0);
	assert_false(ended);
	assert_int_equal(proc_speaker(7), 9);
	put_stat(7, 7, "x", 'S', 1, 0, 1);
	assert_int_equal(proc_ended(7, &ended), 0);
	assert_false(ended);
	assert_int_equal(proc_ended(8, &ended), -ESRCH);
}

static void a_thread_is_gone_with_its_state_its_number_or_its_start(void **state)
{
	(void)state;
	put_stat(7, 7, "x", 'Z', 1, 0, 100);
	put_stat(7, 8, "x", 'S', 1, 0, 200);
	put("7/task/9/stat", "what is this?");
	assert_true(proc_gone(7, 7, 100)); /* a zombie: it may stay for ever */
	assert_false(proc_gone(7, 8, 200));
	assert_true(proc_gone(7, 8, 199)); /* the number is another thread's */
	assert_true(proc_gone(6, 8, 200)); /* that of another process */
	assert_true(proc_gone(7, 10, 200));
	assert_false(proc_gone(7, 9, 200)); /* not to be found out */
}

static void programs_are_32_or_64_bit(void **state)
{
	char elf[64] = "\177ELF\1\1\1";
	int bits = 0;

	(void)state;
	put_bytes("7/exe", elf, sizeof(elf));
	assert_int_equal(proc_bits(7, &bits), 0);
	assert_int_equal(bits, 32);
	elf[4] = 2;
	put_bytes("7/exe", elf, sizeof(elf));
	assert_int_equal(proc_bits(7, &bits), 0);
	assert_int_equal(bits, 64);
	put("7/exe", "#!/bin/sh\necho a script has no class\n");
	assert_int_equal(proc_bits(7, &bits), -ENOEXEC);
	put("7/exe", "\177ELF");
	assert_int_equal(proc_bits(7, &bits), -ENOEXEC);
	assert_int_equal(proc_bits(8, &bits), -ESRCH);
}

static void the_program_of_an_ended_main_thread_is_that_of_another(void **state)
{
	char elf[64] = "\177ELF\1\1\1";
	int bits = 0;

	(void)state;
	put_stat(7, 7, "x", 'Z', 1, 0, 1);
	put_stat(7, 8, "y", 'S', 1, 0, 1);
	put_bytes("8/exe", elf, sizeof(elf));
	assert_int_equal(proc_bits(7, &bits), 0);
	assert_int_equal(bits, 32);
}

static void threads_are_listed(void **state)
{
	struct pid_list tids = {0};

	(void)state;
	put("7/task/7/comm", "");
	put("7/task/123456/comm", "");
	put("7/task/.hidden/comm", "");
	put("7/task/12x/comm", "");
	assert_int_equal(proc_threads(7, &tids), 0);
	assert_int_equal(tids.count, 2);
	assert_true(pid_list_has(&tids, 7) && pid_list_has(&tids, 123456));
	pid_list_clear(&tids);
	assert_int_equal(proc_threads(8, &tids), -ESRCH);
	assert_int_equal(proc_thread_count(8), 0);
	assert_int_equal(tids.count, 0);
}

/* Puts a process and its parent into the tree. */
static void put_process(pid_t pid, pid_t ppid)
{
	put_stat(pid, pid, "x", 'S', ppid, 0, 1);
}

static void descendants_are_found_whatever_their_numbers(void **state)
{
	struct pid_list pids = {0};

	(void)state;
	/* Above all pids there can be, so that none is ours by chance. */
	put_process(1, 0);
	put_process(5000100, 1);
	put_process(5000050, 5000100); /* pids have wrapped around */
	put_process(5000020, 5000050);
	put_process(5000300, 5000020);
	/* Made in the other order, since a directory is listed in any. */
	put_process(5000420, 5000410);
	put_process(5000410, 5000400);
	put_process(5000400, 5000100);
	put_process(5000101, 1);
	put_process(5000102, 5000101);
	put_process(getpid(), 5000020); /* ourselves do not count */
	put_process(5000200, getpid());
	put("self/stat", "");
	put("400/comm", ""); /* it has ended: no stat any more */
	assert_int_equal(proc_descendants(5000100, &pids), 0);
	assert_int_equal(pids.count, 6);
	assert_true(pid_list_has(&pids, 5000400) && pid_list_has(&pids, 5000410) &&
		    pid_list_has(&pids, 5000420));
	assert_true(pid_list_has(&pids, 5000050) && pid_list_has(&pids, 5000020) &&
		    pid_list_has(&pids, 5000300));
	pid_list_clear(&pids);
	assert_int_equal(proc_descendants(5000300, &pids), 0);
	assert_int_equal(pids.count, 0);
	pid_list_clear(&pids);
	/* A number that was used again while we read can close a circle. */
	put_process(5000600, 5000601);
	put_process(5000601, 5000600);
	put_process(5000602, 5000601);
	assert_int_equal(proc_descendants(5000600, &pids), 0);
	assert_int_equal(pids.count, 2);
	pid_list_clear(&pids);
}

static void the_call_that_a_thread_is_blocked_in(void **state)
{
	struct proc_call call;

	(void)state;
	put("7/task/8/syscall",
	    "232 0x4 0x7ffc0f6e2b10 0x40 0xffffffffffffffff 0x0 0x8 0x7ffc0f6e2ad8 0x7f1e\n");
	assert_int_equal(proc_call(7, 8, &call), 0);
	assert_int_equal(call.where, PROC_IN_CALL);
	assert_int_equal(call.nr, 232);
	assert_int_equal(call.arg[0], 4);
	assert_int_equal(call.arg[1], 0x7ffc0f6e2b10);
	assert_int_equal(call.arg[3], UINT64_MAX);
	assert_int_equal(call.arg[5], 8);
	put("7/task/8/syscall", "running\n");
	assert_int_equal(proc_call(7, 8, &call), 0);
	assert_int_equal(call.where, PROC_RUNNING);
	put("7/task/8/syscall", "-1 0x7ffc0f6e2ad8 0x7f1e\n");
	assert_int_equal(proc_call(7, 8, &call), 0);
	assert_int_equal(call.where, PROC_ELSEWHERE);
	put("7/task/8/syscall", "45 0x4\n");
	assert_int_equal(proc_call(7, 8, &call), -EPROTO);
	assert_int_equal(proc_call(7, 9, &call), -ESRCH);
}

static void a_number_that_no_int_holds_is_none(void **state)
{
	struct proc_call call = {.nr = 7};
	struct proc_stat stat;
	pid_t tgid;

	(void)state;
	/* It would be cut to -1, which rows of the table of calls without a number have. */
	put("7/task/8/syscall", "99999999999999999999 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8\n");
	assert_int_equal(proc_call(7, 8, &call), -EPROTO);
	put("7/task/8/syscall", "4294967296 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8\n");
	assert_int_equal(proc_call(7, 8, &call), -EPROTO);
	assert_int_equal(call.nr, 7);
	put("9/status", "Name:\tx\nTgid:\t4294967297\nPid:\t9\n");
	assert_int_equal(proc_tgid(9, &tgid), -EPROTO);
	put("7/task/7/stat", "7 (x) S 4294967297 7 7 0 -1 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14\n");
	assert_int_equal(proc_stat(7, 7, &stat), -EPROTO);
	put("sys/kernel/pid_max", "4294967297\n");
	assert_int_equal(proc_pid_max(), -EPROTO);
}

static void pid_max_is_a_positive_number(void **state)
{
	(void)state;
	put("sys/kernel/pid_max", "4194304\n");
	assert_int_equal(proc_pid_max(), 4194304);
	put("sys/kernel/pid_max", "\n");
	assert_int_equal(proc_pid_max(), -EPROTO);
	remove_tree(make_way("sys"));
	assert_int_equal(proc_pid_max(), -ESRCH);
}

/* A thread that blocks in a read of the pipe until its other end is closed. */
static void *block_in_read(void *pipe_fd)
{
	char byte;

	return (void *)(intptr_t)read(*(int *)pipe_fd, &byte, 1);
}

/* Waits until a second thread of ours is blocked in a call; that call. */
static struct proc_call other_threads_call(void)
{
	struct proc_call call = {.where = PROC_RUNNING};

	/* A second at most, or the assertion after it fails. */
	for (int i = 0; i < 1000 && !(call.where == PROC_IN_CALL && call.nr == SYS_read); i++) {
		struct pid_list tids = {0};

		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		assert_int_equal(proc_threads(getpid(), &tids), 0);
		for (size_t t = 0; t < tids.count; t++)
			if (tids.pid[t] != getpid())
				assert_int_equal(proc_call(getpid(), tids.pid[t], &call), 0);
		pid_list_clear(&tids);
	}
	return call;
}

static void the_real_proc_knows_what_we_block_in(void **state)
{
	struct proc_call call;
	pthread_t thread;
	enum proc_file kind;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pthread_create(&thread, NULL, block_in_read, &ends[0]), 0);
	call = other_threads_call();
	assert_int_equal(proc_thread_count(getpid()), 2);
	close(ends[1]);
	pthread_join(thread, NULL);
	assert_int_equal(call.where, PROC_IN_CALL);
	assert_int_equal(call.nr, SYS_read);
	assert_int_equal(call.arg[0], ends[0]);
	assert_int_equal(proc_fd_kind(getpid(), getpid(), ends[0], &kind), 0);
	assert_int_equal(kind, PROC_FILE_PIPE);
	close(ends[0]);
	assert_int_equal(proc_fd_kind(getpid(), getpid(), ends[0], &kind), -ENOENT);
}

static void the_real_proc_knows_who_we_are(void **state)
{
	struct proc_stat stat;
	char comm[COMM_LEN], old[COMM_LEN];
	pid_t tgid;
	bool ended;
	int bits;

	(void)state;
	assert_int_equal(prctl(PR_GET_NAME, old), 0);
	assert_int_equal(prctl(PR_SET_NAME, ") Z 1\n(,\"\x1b[31m"), 0);
	assert_int_equal(proc_comm(getpid(), getpid(), comm), 0);
	assert_string_equal(comm, ") Z 1\n(,\"\x1b[31m");
	assert_int_equal(proc_stat(getpid(), getpid(), &stat), 0);
	assert_int_equal(stat.state, 'R');
	assert_int_equal(stat.ppid, getppid());
	assert_false(proc_gone(getpid(), getpid(), stat.start));
	assert_true(proc_gone(getpid(), getpid(), stat.start - 1));
	assert_false(stat.kernel_thread);
	assert_int_equal(proc_tgid(getpid(), &tgid), 0);
	assert_int_equal(tgid, getpid());
	assert_int_equal(proc_ended(getpid(), &ended), 0);
	assert_false(ended);
	assert_int_equal(proc_bits(getpid(), &bits), 0);
	assert_int_equal(bits, 8 * (int)sizeof(long));
	assert_true(proc_pid_max() > getpid());
	assert_int_equal(prctl(PR_SET_NAME, old), 0);
}

static void the_real_proc_knows_our_children(void **state)
{
	struct pid_list pids = {0};
	bool ended = false, found;
	int ends[2];
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 0);
	}
	assert_int_equal(proc_descendants(getpid(), &pids), 0);
	found = pid_list_has(&pids, child);
	pid_list_clear(&pids);
	close(ends[1]);
	close(ends[0]);
	for (int i = 0; i < 1000 && !ended; i++) {
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		assert_int_equal(proc_ended(child, &ended), 0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(found);
	assert_true(ended);
	assert_int_equal(proc_ended(child, &ended), -ESRCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(a_hostile_comm_does_not_shift_the_fields_of_stat),
		made_up(an_open_stat_is_read_from_its_start_each_time),
		made_up(kernel_threads_are_known_by_their_flag),
		made_up(a_stat_that_is_none_is_an_error),
		made_up(the_process_of_a_thread_is_found),
		made_up(a_comm_may_hold_anything),
		made_up(a_zombie_with_living_threads_goes_on),
		made_up(a_thread_is_gone_with_its_state_its_number_or_its_start),
		made_up(programs_are_32_or_64_bit),
		made_up(the_program_of_an_ended_main_thread_is_that_of_another),
		made_up(threads_are_listed),
		made_up(descendants_are_found_whatever_their_numbers),
		made_up(the_call_that_a_thread_is_blocked_in),
		made_up(a_number_that_no_int_holds_is_none),
		made_up(pid_max_is_a_positive_number),
		cmocka_unit_test(the_real_proc_knows_what_we_block_in),
		cmocka_unit_test(the_real_proc_knows_who_we_are),
		cmocka_unit_test(the_real_proc_knows_our_children),
	};

	return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
