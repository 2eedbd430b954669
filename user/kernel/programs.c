/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * programs.c - see programs.h. A new program of the kernel half is a row here.
 *
 * What goes in: the features that this kernel has. What comes out: which programs are loaded; what
 * they hang on is read by hooks.c.
 */
#include <bpf/libbpf.h>

#include "kernel/programs.h"
#include "iophase.skel.h"

/* The first members of a row: the name by which the skeleton knows the program. */
#define PROGRAM(program) .name = #program, .place = offsetof(struct iophase_bpf, progs.program)

/* A program for events that some kernels have and some have not. */
#define PROGRAM_IF(program, features, without)                                                     \
	{                                                                                          \
		PROGRAM(program), .any_of = (features), .lost = (without),                         \
	}

/* A program that only a trace is made of. */
#define STREAM(program, features)                                                                  \
	{                                                                                          \
		PROGRAM(program), .any_of = (features), .streams = true,                           \
	}

#define CALL_EVENTS FEATURE_BIT(FEATURE_CALL_EVENTS)
#define RAW_EVENTS  FEATURE_BIT(FEATURE_RAW_EVENTS)
#define LIGHT	    FEATURE_BIT(FEATURE_LIGHT)
#define EVERYWHERE  (CALL_EVENTS | RAW_EVENTS | LIGHT)
#define URING_5_15  FEATURE_BIT(FEATURE_IO_URING_5_15)
#define URING_6_0   FEATURE_BIT(FEATURE_IO_URING_6_0)
#define URING_6_3   FEATURE_BIT(FEATURE_IO_URING_6_3)
#define URING_6_14  FEATURE_BIT(FEATURE_IO_URING_6_14)

#define CONNECTIONS FEATURE_BIT(FEATURE_CONNECTIONS)
#define BY_CALLS    FEATURE_BIT(FEATURE_CONNECTIONS_BY_CALLS)

#define REQUESTS_LOST "requests of io_uring are not counted, or not to their end"

#define CHANGES_LATE "some who match later, or no longer, are seen within a second"

#define EXCHANGES_LOST "what clients and upstreams wait for is not measured, or not all of it"

/* In the order in which they are attached. */
const struct program_row programs[] = {
	{PROGRAM(pool_push), .any_of = EVERYWHERE, .hang = HANG_ON_DEMAND},
	{PROGRAM(sched_switch), .any_of = EVERYWHERE},
	{PROGRAM(sched_wakeup), .any_of = EVERYWHERE},
	{PROGRAM(task_newtask), .any_of = EVERYWHERE},
	{PROGRAM(task_rename), .any_of = EVERYWHERE},
	{PROGRAM(sched_process_exec), .any_of = EVERYWHERE},
#ifndef DEATHS_UNSEEN /* the tests build a variant that misses all */
	{PROGRAM(sched_process_exit), .any_of = EVERYWHERE},
#endif
	{PROGRAM(look_at_descriptors), .any_of = EVERYWHERE, .hang = HANG_ON_DEMAND},
	{PROGRAM(tell_sleepers), .any_of = FEATURE_BIT(FEATURE_SLEEPERS), .hang = HANG_ON_DEMAND},
	PROGRAM_IF(skb_copy_datagram_iovec, FEATURE_BIT(FEATURE_COPY), "the copying stays in cpu"),
	PROGRAM_IF(signal_deliver, FEATURE_BIT(FEATURE_SIGNAL_TAKEN),
		   "reads in signal handlers are not signal-driven"),
	PROGRAM_IF(signal_generate, FEATURE_BIT(FEATURE_SIGNAL_SENT),
		   "what signals take is not measured"),
	PROGRAM_IF(sk_data_ready, CONNECTIONS, EXCHANGES_LOST),
	PROGRAM_IF(sock_recv_length, CONNECTIONS, EXCHANGES_LOST),
	PROGRAM_IF(sock_send_length, CONNECTIONS, EXCHANGES_LOST),
	PROGRAM_IF(inet_sock_set_state, CONNECTIONS, EXCHANGES_LOST),
	PROGRAM_IF(seen_closed, BY_CALLS, EXCHANGES_LOST),
	{PROGRAM(look_at_sockets), .any_of = CONNECTIONS, .hang = HANG_ON_DEMAND},
	{PROGRAM(look_at_listener), .any_of = CONNECTIONS, .hang = HANG_ON_DEMAND},
	{PROGRAM(count_connections), .any_of = CONNECTIONS, .hang = HANG_ON_DEMAND},
	{PROGRAM(let_connections_go), .any_of = CONNECTIONS, .hang = HANG_ON_DEMAND},
	{PROGRAM(tell_connections), .any_of = FEATURE_BIT(FEATURE_CONNECTION_ROWS),
	 .hang = HANG_ON_DEMAND},
	PROGRAM_IF(uring_complete_5_15, URING_5_15, REQUESTS_LOST),
	PROGRAM_IF(uring_complete_6_0, URING_6_0 | URING_6_3, REQUESTS_LOST),
	PROGRAM_IF(uring_complete_6_14, URING_6_14, REQUESTS_LOST),
	PROGRAM_IF(uring_overflow, URING_6_0 | URING_6_3 | URING_6_14, REQUESTS_LOST),
	PROGRAM_IF(uring_submit_5_15, URING_5_15, REQUESTS_LOST),
	PROGRAM_IF(uring_submit_6_0, URING_6_0, REQUESTS_LOST),
	PROGRAM_IF(uring_submit_6_3, URING_6_3 | URING_6_14, REQUESTS_LOST),
	{PROGRAM(sample), .any_of = FEATURE_BIT(FEATURE_SAMPLES), .hang = HANG_ON_SAMPLES,
	 .lost = "time on a CPU is not divided: all of it is in app"},
	{PROGRAM(sys_exit_raw), .any_of = RAW_EVENTS},
	{PROGRAM(sys_enter_raw), .any_of = RAW_EVENTS},
	{PROGRAM(sys_exit), .any_of = CALL_EVENTS, .hang = HANG_ON_ENDS},
	{PROGRAM(sys_enter_restart), .any_of = CALL_EVENTS, .hang = HANG_ON_PAIR,
	 .event = "restart_syscall",
	 .lost = "calls that the kernel restarts after a signal end with the signal"},
	{PROGRAM(sys_exit_pread), .any_of = CALL_EVENTS, .hang = HANG_ON_EXIT, .event = "pread64",
	 .lost = "reads of glibc's POSIX AIO are taken for others"},
	{PROGRAM(sys_exit_changes), .any_of = FEATURE_BIT(FEATURE_CHANGE_CALLS),
	 .hang = HANG_ON_CHANGES, .lost = CHANGES_LATE},
	PROGRAM_IF(cgroup_attach_task, FEATURE_BIT(FEATURE_CGROUP_MOVES), CHANGES_LATE),
	{PROGRAM(sys_enter_3), .any_of = CALL_EVENTS, .hang = HANG_ON_CALLS, .args = 3},
	{PROGRAM(sys_enter_4), .any_of = CALL_EVENTS, .hang = HANG_ON_CALLS, .args = 4},
	{PROGRAM(sys_enter_5), .any_of = CALL_EVENTS, .hang = HANG_ON_CALLS, .args = 5},
	{PROGRAM(sys_enter_6), .any_of = CALL_EVENTS, .hang = HANG_ON_CALLS, .args = 6},
	/* For a trace: behind those of the same events, which move the hands. */
	STREAM(stream_switch, EVERYWHERE),
	STREAM(stream_wakeup, EVERYWHERE),
	STREAM(stream_newtask, EVERYWHERE),
	STREAM(stream_exec, EVERYWHERE),
	STREAM(stream_copy, FEATURE_BIT(FEATURE_COPY)),
	STREAM(stream_uring_submit_sqe, URING_5_15 | URING_6_0),
	STREAM(stream_uring_submit_req, URING_6_3 | URING_6_14),
	STREAM(stream_uring_complete, URING_5_15 | URING_6_0 | URING_6_3 | URING_6_14),
	STREAM(stream_recv, CONNECTIONS),
	STREAM(stream_send, CONNECTIONS),
	STREAM(stream_state, CONNECTIONS),
	STREAM(stream_enter_raw, RAW_EVENTS),
	STREAM(stream_exit_raw, RAW_EVENTS),
	{PROGRAM(stream_call), .any_of = CALL_EVENTS, .hang = HANG_ON_STREAM, .streams = true},
};

const size_t program_count = ARRAY_SIZE(programs);

/* The program of a row: the skeleton has a pointer to each. */
struct bpf_program *program_of(const struct iophase_bpf *skel, const struct program_row *row)
{
	return *(struct bpf_program *const *)((const char *)skel + row->place);
}

/* Whether a program is wanted where there are these features. */
bool program_wanted(const struct program_row *row, struct feature_set features)
{
	if (row->streams && !feature_has(features, FEATURE_STREAM))
		return false;
	return row->any_of & features.bits;
}

/* The row of the program for the start of a call: the one that reads enough, and no more. */
const struct program_row *program_for_call(unsigned int args)
{
	for (size_t i = 0; i < program_count; i++)
		if (programs[i].hang == HANG_ON_CALLS && programs[i].args >= args)
			return &programs[i];
	return NULL;
}

/* The row of the program for the end of every call. */
const struct program_row *program_for_ends(void)
{
	for (size_t i = 0; i < program_count; i++)
		if (programs[i].hang == HANG_ON_ENDS)
			return &programs[i];
	return NULL;
}

/* The row of the program that tells of both ends of every call. */
const struct program_row *program_for_stream(void)
{
	for (size_t i = 0; i < program_count; i++)
		if (programs[i].hang == HANG_ON_STREAM)
			return &programs[i];
	return NULL;
}

/* Has libbpf load what is wanted, and nothing else. */
int programs_choose(const struct iophase_bpf *skel, struct feature_set features)
{
	int err = 0;

	for (size_t i = 0; i < program_count && !err; i++)
		err = bpf_program__set_autoload(program_of(skel, &programs[i]),
						program_wanted(&programs[i], features));
	return err;
}
