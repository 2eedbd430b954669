/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * segments.c - see segments.h.
 *
 * What goes in: how many segments there are to be. What comes out: arrays of the kernel's, put into
 * the maps of maps that the kernel half looks entries up in, and mapped into our memory, one behind
 * the other.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "base/types.h"
#include "base/xalloc.h"
#include "kernel/segments.h"

enum {
	PARCELS_MAX = 256, /* on their way at once: descriptors and threads that it takes */
	STACK_SIZE = 65536,
};

/* A segment on its way to the kernel half. */
struct parcel {
	struct segments *to;
	uint32_t place;
	int fd;
	int err; /* or 0, written by the carrier before it ends */
	pthread_t carrier;
	bool carried; /* by a thread of its own, not ended yet */
};

/* Bytes of a segment. */
static size_t size_of(const struct segments *s)
{
	return (size_t)s->each * s->value_size;
}

/* Reserves our memory for all segments; 0 or -errno. */
int segments_reserve(struct segments *s)
{
	void *at;

	if (size_of(s) % (size_t)sysconf(_SC_PAGESIZE))
		return -EOPNOTSUPP;
	at = mmap(NULL, s->most * size_of(s), PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return -errno;
	s->values = at;
	return 0;
}

/* A new array, as the map of maps wants it; its descriptor or -errno. Not by libbpf, whose function
 * for it has another name since 0.7. */
static int create(const struct segments *s)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = s->value_size,
		.max_entries = s->each,
		.map_flags = BPF_F_MMAPABLE,
		.map_name = "segment",
	};
	int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd;
}

/* Makes the next segment and maps it at its place; its descriptor or -errno. */
static int make(struct segments *s)
{
	void *at = s->values + s->made * size_of(s);
	int fd = create(s), err;

	if (fd < 0)
		return fd;
	if (mmap(at, size_of(s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) !=
	    MAP_FAILED)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Hands a segment to the kernel half. */
static void *carry(void *arg)
{
	struct parcel *p = arg;

	p->err = bpf_map_update_elem(p->to->outer, &p->place, &p->fd, BPF_ANY) ? -errno : 0;
	return NULL;
}

/*
 * Sends a segment off, by a thread of its own: it is in the map at once, but the kernel has whoever
 * has put it there wait for a grace period of RCU, which takes half a second on a busy machine.
 */
static void send(struct parcel *p)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	p->carried = !pthread_create(&p->carrier, &attr, carry, p);
	pthread_attr_destroy(&attr);
	if (!p->carried)
		carry(p);
}

/* Makes what a pool lacks of so many segments, and sends them off; 0 or -errno. */
int segments_make(struct segments *s, uint32_t wanted, struct parcels *on_the_way)
{
	while (s->made < wanted && s->made < s->most) {
		struct parcel *p;
		int err = 0, fd;

		if (on_the_way->count == PARCELS_MAX)
			err = segments_settle(on_the_way, true);
		fd = err ? err : make(s);
		if (fd < 0)
			return fd;
		if (on_the_way->count == on_the_way->room) {
			on_the_way->room = on_the_way->room ? 2 * on_the_way->room : 8;
			on_the_way->parcel = xrealloc(on_the_way->parcel, on_the_way->room,
						      sizeof(struct parcel *));
		}
		p = xcalloc(1, sizeof(*p));
		*p = (struct parcel){.to = s, .place = s->made++, .fd = fd};
		on_the_way->parcel[on_the_way->count++] = p;
		send(p);
	}
	return 0;
}

/* Whether a segment has arrived; if `wait`, it waits until it has. */
static bool has_arrived(struct parcel *p, bool wait)
{
	if (!p->carried)
		return true;
	if (wait ? pthread_join(p->carrier, NULL) : pthread_tryjoin_np(p->carrier, NULL))
		return false;
	p->carried = false;
	return true;
}

/* Forgets those that have arrived; 0, or the -errno of one that was not taken. */
int segments_settle(struct parcels *on_the_way, bool wait)
{
	size_t left = 0;
	int err = 0;

	for (size_t i = 0; i < on_the_way->count; i++) {
		struct parcel *p = on_the_way->parcel[i];

		if (!has_arrived(p, wait)) {
			on_the_way->parcel[left++] = p;
			continue;
		}
		/* Without it, those behind it are not used: they lie one behind the other. */
		if (p->err && p->place < p->to->made)
			p->to->made = p->place;
		err = err ? err : p->err;
		close(p->fd);
		free(p);
	}
	on_the_way->count = left;
	if (!left) {
		free(on_the_way->parcel);
		*on_the_way = (struct parcels){0};
	}
	return err;
}

/* Gives our memory back. */
void segments_release(struct segments *s)
{
	if (s->values)
		munmap(s->values, s->most * size_of(s));
	s->values = NULL;
}
