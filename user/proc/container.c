/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * container.c - see container.h.
 *
 * What goes in: paths of cgroups, which anybody who may make cgroups can name as he likes. What
 * comes out: ids of containers. A path names one by a part that is the id alone, or what an engine
 * puts before it, and perhaps behind it. What else has an id in it is no container: the slice of a
 * pod (machine-libpod_pod_ID.slice), the process that watches over a container
 * (libpod-conmon-ID.scope).
 */
#include <string.h>

#include "base/types.h"
#include "proc/cgroup_path.h"
#include "proc/container.h"

enum {
	ID_DIGITS = CONTAINER_ID_LEN - 1,
};

/* What stands before an id. "": the id alone, as with cgroupfs: /docker/ID, /kubepods/podUID/ID. */
static const char *const prefixes[] = {
	"",
	"docker-",	   /* Docker and cri-dockerd, with systemd */
	"cri-containerd-", /* containerd, of Kubernetes, with systemd, */
	"nerdctl-",	   /* and by nerdctl */
	"crio-",	   /* CRI-O */
	"libpod-",	   /* Podman, */
	"libpod-payload-", /* and as a part of a unit of systemd: --cgroups=split */
};

/* What may stand behind it. A cgroup that is gone has "(deleted)" behind all. */
static const char *const suffixes[] = {"", ".scope", " (deleted)", ".scope (deleted)"};

/* The length of the digits of an id that a text begins with. */
static size_t digits_of(const char *text)
{
	return strspn(text, "0123456789abcdef");
}

/* Whether the part of a path of that length is what an engine puts before an id. */
static bool is_prefix(const char *part, size_t length)
{
	/* systemd's name for it, where systemd is not asked: kubepods-podUID.slice:crio:ID. */
	const char *colon = length ? memchr(part, ':', length) : NULL;

	if (colon) {
		length -= (size_t)(colon + 1 - part);
		part = colon + 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t known = strlen(prefixes[i]);

		if (known != length || (colon && !known))
			continue;
		/* Its last character is a colon there. */
		if (!length || (!memcmp(part, prefixes[i], length - 1) &&
				part[length - 1] == (colon ? ':' : '-')))
			return true;
	}
	return false;
}

/* Whether a part of a path that ends so is the rest of a container's name. */
static bool is_suffix(const char *rest, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (strlen(suffixes[i]) == length && !memcmp(rest, suffixes[i], length))
			return true;
	return false;
}

/* Where the id is in a part of a path, of that length, or NULL if it is no container's. */
static const char *id_in_part(const char *part, size_t length)
{
	size_t at = 0;

	/* The id stands behind the last '-' or ':' that has so many digits behind it. */
	for (size_t i = 0; i < length; i++)
		if (part[i] == '-' || part[i] == ':')
			at = i + 1;
	if (length - at < ID_DIGITS || digits_of(part + at) != ID_DIGITS)
		return NULL;
	if (!is_prefix(part, at) || !is_suffix(part + at + ID_DIGITS, length - at - ID_DIGITS))
		return NULL;
	return part + at;
}

/* The same of a path. */
static bool id_of_path(struct stretch path, char id[CONTAINER_ID_LEN])
{
	const char *found = NULL;
	struct stretch part;

	while (cgroup_next_part(&path, &part)) {
		const char *inner = id_in_part(part.s, part.length);

		if (inner)
			found = inner;
	}
	if (!found)
		return false;
	memcpy(id, found, ID_DIGITS);
	id[ID_DIGITS] = '\0';
	return true;
}

/* The id of the innermost container that a path names. */
bool container_id_of_path(const char *cgroup_path, char id[CONTAINER_ID_LEN])
{
	return id_of_path((struct stretch){cgroup_path, strlen(cgroup_path)}, id);
}

/* The path in a line "hierarchy:controllers:path"; nothing if it is none. */
static struct stretch path_in_line(struct stretch line)
{
	/* A path may have colons too. */
	for (int colon = 0; colon < 2; colon++) {
		const char *at = memchr(line.s, ':', line.length);

		if (!at)
			return (struct stretch){line.s, 0};
		line.length -= (size_t)(at + 1 - line.s);
		line.s = at + 1;
	}
	return line;
}

/* The id in the text of /proc/PID/cgroup. */
bool container_id_of_text(const char *text, char id[CONTAINER_ID_LEN])
{
	struct stretch line;

	while (cgroup_next_line(&text, &line))
		if (id_of_path(path_in_line(line), id))
			return true;
	return false;
}

/* The container that a process is in. */
int proc_container(pid_t pid, char id[CONTAINER_ID_LEN])
{
	char text[PROC_TEXT_MAX];
	int length = proc_cgroup(pid, text);

	if (length < 0)
		return length;
	if (!container_id_of_text(text, id))
		id[0] = '\0';
	return 0;
}
