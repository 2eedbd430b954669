/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cap_events.c - see cap_events.h.
 *
 * What goes in: the kernel's types, in which each of its events has one. What comes out: which
 * events it has, and in which form. Versions are never compared: distributions move features back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/types.h"
#include "kernel/cap_events.h"
#include "kernel/kernel_btf.h"
#include "kernel/samples.h"

/* The tests build a variant that takes any kernel for one older than 6.1. */
#ifndef NO_EVENTS_OF_SOCKETS
#define NO_EVENTS_OF_SOCKETS false
#endif

/* The arguments of a tracepoint, by the name of its type; -1 if the kernel has none such. */
static int event_arguments(const struct btf *btf, const char *type)
{
	int id = btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF);
	const struct btf_type *t;

	if (id < 0)
		return -1;
	t = btf__type_by_id(btf, btf__type_by_id(btf, id)->type);
	t = btf__type_by_id(btf, t->type);
	/* The first one is not the event's, but whoever listens to it. */
	return btf_is_func_proto(t) ? btf_vlen(t) - 1 : -1;
}

/* The form in which the kernel tells of io_uring's requests: by the arguments of its events. */
static bool find_uring_form(const struct btf *btf, struct feature_set *features)
{
	int request = event_arguments(btf, "btf_trace_io_uring_submit_req");
	int entry = event_arguments(btf, "btf_trace_io_uring_submit_sqe");
	int complete = event_arguments(btf, "btf_trace_io_uring_complete");
	static const struct {
		enum feature form;
		int request, entry, complete;
	} forms[] = {
		{FEATURE_IO_URING_6_14, 1, -1, 3},
		{FEATURE_IO_URING_6_3, 1, -1, 7},
		{FEATURE_IO_URING_6_0, -1, 2, 7},
		{FEATURE_IO_URING_5_15, -1, 7, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].request == request && forms[i].entry == entry &&
		    forms[i].complete == complete) {
			feature_add(features, forms[i].form);
			return true;
		}
	return false;
}

/* Whether the kernel's types are there to be looked at; says otherwise why nothing is known. */
static bool has_types(struct probing *p)
{
	if (!p->btf)
		snprintf(p->why, sizeof(p->why), "the kernel's types (BTF) would tell");
	return p->btf;
}

/* Whether the kernel has an event. */
static bool has_type_of(const struct btf *btf, const char *event)
{
	return btf__find_by_name_kind(btf, event, BTF_KIND_TYPEDEF) > 0;
}

/* In which form the kernel tells of io_uring's requests. */
enum cap_state has_uring(struct probing *p, const struct cap_row *row)
{
	(void)row;
	if (!has_types(p))
		return CAP_UNKNOWN;
	return find_uring_form(p->btf, &p->caps->features) ? CAP_WORKS : CAP_LACKS;
}

/* Whether the kernel has all events of sockets that we hang on. */
static bool has_events_of_sockets(const struct btf *btf)
{
	static const char *const events[] = {
		"btf_trace_sk_data_ready",
		"btf_trace_sock_recv_length",
		"btf_trace_sock_send_length",
		"btf_trace_inet_sock_set_state",
	};

	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (NO_EVENTS_OF_SOCKETS || !has_type_of(btf, events[i]))
			return false;
	return true;
}

/*
 * Whether it tells when data are ready in a socket, when they are read, and when it is written.
 * Without it the ends of calls are used.
 */
enum cap_state has_connections(struct probing *p, const struct cap_row *row)
{
	(void)row;
	if (!has_types(p))
		return CAP_UNKNOWN;
	if (has_events_of_sockets(p->btf))
		return CAP_WORKS;
	feature_add(&p->caps->features, FEATURE_CONNECTIONS_BY_CALLS);
	return CAP_LACKS;
}

/* Whether the kernel's BPF has a helper, by the name of its number. */
static bool has_helper(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, "bpf_func_id", BTF_KIND_ENUM);
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_enum(type)[i].name_off), name))
			return true;
	return false;
}

/* Whether an iterator can be told whose threads it is to show (6.1). */
static bool has_iterator_of_process(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "bpf_iter_link_info", BTF_KIND_UNION);
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), "task"))
			return true;
	return false;
}

/* Whether the kernel can tell which threads are asleep, and in what, or only /proc: what lacks is
 * but time. */
static bool has_sleepers(const struct btf *btf)
{
	return !NO_EVENTS_OF_SOCKETS && has_iterator_of_process(btf) &&
	       has_helper(btf, "BPF_FUNC_task_pt_regs");
}

/*
 * Whether BPF can see the registers of a task; where the light way is taken only if it gives as
 * much as the others, also whether the kernel tells of sockets.
 */
enum cap_state has_light(struct probing *p, const struct cap_row *row)
{
	(void)row;
	if (!has_types(p))
		return CAP_UNKNOWN;
	if (!has_helper(p->btf, "BPF_FUNC_task_pt_regs"))
		return CAP_LACKS;
	if (p->wanted->hooks == HOOKS_LIGHTEST && !has_events_of_sockets(p->btf)) {
		snprintf(p->why, sizeof(p->why),
			 "this kernel does not tell of reads and writes of sockets, as --hooks "
			 "lightest must be told");
		return CAP_LACKS;
	}
	return CAP_WORKS;
}

/* Whether samples of a CPU can be had. */
enum cap_state may_sample(struct probing *p, const struct cap_row *row)
{
	int fd = samples_open(0, SAMPLES_PROBED);

	(void)p;
	(void)row;
	if (fd >= 0)
		close(fd);
	if (fd >= 0 || fd == -ENODEV) /* it may be off */
		return CAP_WORKS;
	return fd == -EACCES || fd == -EPERM ? CAP_DENIED : CAP_LACKS;
}

/* Whether the kernel has the row's event. */
enum cap_state has_event(struct probing *p, const struct cap_row *row)
{
	if (!has_types(p))
		return CAP_UNKNOWN;
	return has_type_of(p->btf, row->event) ? CAP_WORKS : CAP_LACKS;
}

/* Whether a file can be opened. */
static bool can_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Reads the kernel's types. */
enum cap_state has_btf(struct probing *p, const struct cap_row *row)
{
	/* libbpf would print lines of its own about what is missing. */
	libbpf_print_fn_t printer = libbpf_set_print(NULL);
	bool have = !kernel_btf_load();

	(void)row;
	libbpf_set_print(printer);
	if (have) {
		p->btf = kernel_btf();
		if (has_sleepers(p->btf))
			feature_add(&p->caps->features, FEATURE_SLEEPERS);
	} else if (can_open("/sys/kernel/btf/vmlinux")) {
		snprintf(p->why, sizeof(p->why),
			 "the libbpf that iophase was built with is too old to read this kernel's "
			 "BTF");
		p->get = "build it with a newer one";
	}
	return have ? CAP_WORKS : CAP_LACKS;
}
