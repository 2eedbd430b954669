// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * iophase.bpf.c - the kernel half: compiled twice, to objects that differ in nothing that user
 * space sees.
 *
 * What goes in: the headers beside it, one per source of events. What comes out: the programs that
 * user/kernel/half.c loads. In iophase.bpf.o the knobs say by which way they go; light.bpf.o
 * (ONLY_LIGHT) has that of light with connections alone, so that the verifier need not find out
 * what is not reached, and take it out piece by piece.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include "common/abi.h"
#include "common/bounded.h"
#include "common/told.h"
#include "common/clock.h"
#include "common/conn.h"
#include "common/conn_limit.h"
#include "common/conn_row.h"
#include "common/descriptors.h"
#include "common/hist.h"
#include "common/way.h"
#include "common/shape.h"
#include "common/sleeper.h"
#include "pools.bpf.h"
#include "maps.bpf.h"
#include "files.bpf.h"
#include "handed.bpf.h"
#include "own.bpf.h"
#include "signals.bpf.h"
#include "denied.bpf.h"
#include "outcomes.bpf.h"
#include "turns.bpf.h"
#include "mux.bpf.h"
#include "peers.bpf.h"
#include "conns/conns.bpf.h"
#include "conns/accepted.bpf.h"
#include "judge.bpf.h"
#include "reads.bpf.h"
#include "calls.bpf.h"
#include "syscalls.bpf.h"
#include "changes.bpf.h"
#include "light.bpf.h"
#include "sched.bpf.h"
#include "lost.bpf.h"
#include "tasks.bpf.h"
#include "joins.bpf.h"
#include "descriptors.bpf.h"
#include "sleepers.bpf.h"
#include "sockets.bpf.h"
#include "conns/served.bpf.h"
#include "conns/upstreams.bpf.h"
#include "conns/details.bpf.h"
#include "conns/left.bpf.h"
#include "conns/listeners.bpf.h"
#include "conns/exchanges.bpf.h"
#include "conns/lives.bpf.h"
#include "conns/bycalls.bpf.h"
#include "conns/rows.bpf.h"
#include "conns/limit.bpf.h"
#include "async/requests.bpf.h"
#include "async/rings.bpf.h"
#include "async/uring_reads.bpf.h"
#include "async/uring.bpf.h"
#include "async/aio.bpf.h"
#include "stream.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
