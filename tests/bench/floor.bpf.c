// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The floor of the cost of tracing: empty programs for the tracepoints that iophase uses.
 *
 * In: read_clock. Out: nothing; each program returns 0 at once, so what a run costs with them
 * attached is what the kernel takes to call a program, and no tracer on these tracepoints can cost
 * less. Needs no kernel types, hence no vmlinux.h.
 */
#define SEC(name) __attribute__((section(name), used))

static unsigned long long (*bpf_ktime_get_ns)(void) = (void *)5; /* enum bpf_func_id */

/*
 * Set before load: the programs of the system calls read the clock once, as whoever times a call
 * must. If it is 0, the verifier removes that, and they are empty.
 */
const volatile int read_clock = 0;
unsigned long long clock_read = 0;

/* Entry of one system call; floor.c attaches it to every sys_enter_X of its table. */
SEC("tracepoint") int floor_enter(void *ctx)
{
	(void)ctx;
	if (read_clock)
		clock_read = bpf_ktime_get_ns();
	return 0;
}

/* Exit of one system call; floor.c attaches it to every sys_exit_X of its table. */
SEC("tracepoint") int floor_exit(void *ctx)
{
	(void)ctx;
	if (read_clock)
		clock_read = bpf_ktime_get_ns();
	return 0;
}

/* Entry of any system call, loaded with --raw in place of floor_enter. */
SEC("?tp_btf/sys_enter") int floor_raw_enter(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Exit of any system call, loaded with --raw in place of floor_exit. */
SEC("?tp_btf/sys_exit") int floor_raw_exit(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each context switch. */
SEC("tp_btf/sched_switch") int floor_switch(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each wake-up of a task. */
SEC("tp_btf/sched_wakeup") int floor_wakeup(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each task born. */
SEC("tp_btf/task_newtask") int floor_birth(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each task that ends. */
SEC("tp_btf/sched_process_exit") int floor_task_exit(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each execve that succeeds. */
SEC("tp_btf/sched_process_exec") int floor_exec(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each copy of socket data to user memory. */
SEC("tp_btf/skb_copy_datagram_iovec") int floor_copy(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Data are ready in a socket, since 6.3; this and the next three only with --sockets. */
SEC("?tp_btf/sk_data_ready") int floor_ready(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each read of a socket, since 6.3. */
SEC("?tp_btf/sock_recv_length") int floor_received(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each write to a socket, since 6.3. */
SEC("?tp_btf/sock_send_length") int floor_sent(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each change of a TCP socket's state. */
SEC("?tp_btf/inet_sock_set_state") int floor_state(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each request of io_uring submitted, since 6.3. */
SEC("?tp_btf/io_uring_submit_req") int floor_submit(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Each request of io_uring completed. */
SEC("?tp_btf/io_uring_complete") int floor_complete(void *ctx)
{
	(void)ctx;
	return 0;
}

SEC("license") char LICENSE[] = "Dual BSD/GPL";
