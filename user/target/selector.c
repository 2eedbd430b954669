/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * selector.c - see selector.h. A further kind of selector is a further row, and an option.
 *
 * What goes in: texts from the command line; facts about a process. What comes out: whether it is
 * meant.
 */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "proc/proc_mounts.h"
#include "target/facts.h"
#include "target/selector.h"

/* Nothing is to be made of the text, but it must be there. */
static const char *parse_text(struct selector *s)
{
	return *s->text ? NULL : "it is empty";
}

/* Whether a text is, literally or as a glob, what was asked for: names may hold brackets. */
static bool is_like(const char *asked, const char *text, int flags)
{
	return !strcmp(asked, text) || !fnmatch(asked, text, flags);
}

/* By the name that it gave itself, or that of its program's file, a glob. */
static bool matches_name(const struct selector *s, struct facts *f)
{
	const char *exe, *slash;

	if (is_like(s->text, facts_comm(f), 0))
		return true;
	exe = facts_exe(f);
	slash = strrchr(exe, '/');
	return slash && is_like(s->text, slash + 1, 0);
}

/* The file itself, where the path leads to one by links; a glob stays what it is. */
static const char *parse_exe(struct selector *s)
{
	if (*s->text != '/')
		return "it is the path of a program, from / on";
	s->path = realpath(s->text, NULL);
	if (!s->path)
		s->path = xstrdup(s->text);
	return NULL;
}

static bool matches_exe(const struct selector *s, struct facts *f)
{
	return is_like(s->path, facts_exe(f), FNM_PATHNAME);
}

static const char *parse_port(struct selector *s)
{
	char *end;

	errno = 0;
	s->number = strtoull(s->text, &end, 10);
	if (!isdigit((unsigned char)*s->text) || *end || errno || !s->number ||
	    s->number > UINT16_MAX)
		return "a port is a number from 1 to 65535";
	return NULL;
}

static bool matches_port(const struct selector *s, struct facts *f)
{
	return facts_waits_at(f, (uint16_t)s->number);
}

/* A path from the root of the hierarchy on, or as a file where that is mounted. */
static const char *parse_cgroup(struct selector *s)
{
	size_t length;

	if (*s->text != '/')
		return "it is the path of a cgroup, from / on";
	s->path = xstrdup(s->text + proc_cgroup_mount(s->text));
	length = strlen(s->path);
	while (length && s->path[length - 1] == '/')
		s->path[--length] = '\0';
	return NULL;
}

/* Whether a line of /proc/PID/cgroup names that cgroup or one below it. */
static bool line_is_in(const char *line, size_t length, const char *cgroup)
{
	const char *path = memchr(line, ':', length), *end = line + length;
	size_t known = strlen(cgroup);

	path = path ? memchr(path + 1, ':', (size_t)(end - path - 1)) : NULL;
	if (!path)
		return false;
	path++;
	return (size_t)(end - path) >= known && !memcmp(path, cgroup, known) &&
	       (path + known == end || path[known] == '/');
}

static bool matches_cgroup(const struct selector *s, struct facts *f)
{
	const char *line = facts_cgroups(f);

	while (*line) {
		size_t length = strcspn(line, "\n");

		if (line_is_in(line, length, s->path))
			return true;
		line += length + (line[length] == '\n');
	}
	return false;
}

static const char *parse_container(struct selector *s)
{
	size_t digits = strspn(s->text, "0123456789abcdef");

	return digits && !s->text[digits] && digits < CONTAINER_ID_LEN
		       ? NULL
		       : "it is the begin of a container's id, of digits 0-9 and a-f";
}

static bool matches_container(const struct selector *s, struct facts *f)
{
	return !strncmp(facts_container(f), s->text, strlen(s->text));
}

/* A name, or a number. */
static const char *parse_user(struct selector *s)
{
	const struct passwd *user = getpwnam(s->text);
	char *end;

	if (user) {
		s->number = user->pw_uid;
		return NULL;
	}
	errno = 0;
	s->number = strtoull(s->text, &end, 10);
	return isdigit((unsigned char)*s->text) && !*end && !errno && s->number < UINT32_MAX
		       ? NULL
		       : "there is no such user";
}

static bool matches_user(const struct selector *s, struct facts *f)
{
	return facts_user(f) >= 0 && (uint64_t)facts_user(f) == s->number;
}

static bool matches_all(const struct selector *s, struct facts *f)
{
	(void)s;
	return facts_has_sockets(f);
}

static const char *parse_nothing(struct selector *s)
{
	(void)s;
	return NULL;
}

const struct selector_kind selector_name = {"name", "is called", parse_text, matches_name};
const struct selector_kind selector_exe = {"exe", "runs", parse_exe, matches_exe};
const struct selector_kind selector_port = {"port", "waits for clients at port", parse_port,
					    matches_port};
const struct selector_kind selector_cgroup = {"cgroup", "is in cgroup", parse_cgroup,
					      matches_cgroup};
const struct selector_kind selector_container = {"container", "is in container", parse_container,
						 matches_container};
const struct selector_kind selector_user = {"user", "is of user", parse_user, matches_user};
const struct selector_kind selector_all = {"all", "has a socket", parse_nothing, matches_all};

/* The cheap ones first: who is not meant is found out by these. */
static const struct selector_kind *const kinds[] = {
	&selector_user,	     &selector_name, &selector_exe, &selector_cgroup,
	&selector_container, &selector_port, &selector_all,
};

/* Adds a selector. */
const char *selection_add(struct selection *s, bool excludes, const struct selector_kind *kind,
			  const char *text)
{
	struct selector **list = excludes ? &s->exclude : &s->include;
	size_t *count = excludes ? &s->excludes : &s->includes;
	const char *why;

	*list = xrealloc(*list, *count + 1, sizeof(**list));
	(*list)[*count] = (struct selector){.kind = kind, .text = text};
	why = kind->parse(&(*list)[*count]);
	*count += !why;
	return why;
}

/* Adds all who have sockets: no text that could be wrong. */
void selection_add_all(struct selection *s)
{
	(void)selection_add(s, false, &selector_all, "");
}

/* A text that is written piece by piece into so much room, and cut where that ends. */
struct text {
	char *at;
	size_t left;
};

/* Adds a piece. */
static void add(struct text *t, const char *piece)
{
	int got = snprintf(t->at, t->left, "%s", piece);
	size_t taken = got < 0 ? 0 : (size_t)got;

	if (taken >= t->left)
		taken = t->left - 1;
	t->at += taken;
	t->left -= taken;
}

/* Says which keys there are. */
static const char *unknown_key(void)
{
	static char why[128];
	struct text t = {why, sizeof(why)};

	add(&t, "what stands before '=' is none of ");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		add(&t, kinds[i]->name);
		add(&t, i + 1 < ARRAY_SIZE(kinds) ? ", " : " (name=a=b is a name with '=')");
	}
	return why;
}

/* Adds a selector that is one word. */
const char *selection_add_word(struct selection *s, bool excludes, const char *word)
{
	const char *equals = strchr(word, '=');

	if (*word == ':')
		return selection_add(s, excludes, &selector_port, word + 1);
	for (size_t i = 0; equals && i < ARRAY_SIZE(kinds); i++)
		if (strlen(kinds[i]->name) == (size_t)(equals - word) &&
		    !memcmp(kinds[i]->name, word, (size_t)(equals - word)))
			return selection_add(s, excludes, kinds[i], equals + 1);
	if (equals)
		return unknown_key();
	return selection_add(s, excludes, &selector_name, word);
}

/* Whether one of a kind matches; `asked` says whether there is one. */
static bool any_matches(const struct selector *list, size_t count, const struct selector_kind *kind,
			struct facts *f, bool *asked)
{
	*asked = false;
	for (size_t i = 0; i < count; i++) {
		if (list[i].kind != kind)
			continue;
		*asked = true;
		if (kind->matches(&list[i], f))
			return true;
	}
	return false;
}

/* Whether a process is selected. */
bool selection_has(const struct selection *s, struct facts *f)
{
	bool asked;

	if (!s->includes)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!any_matches(s->include, s->includes, kinds[i], f, &asked) && asked)
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (any_matches(s->exclude, s->excludes, kinds[i], f, &asked))
			return false;
	return true;
}

/* Whether a list has one of that kind. */
static bool has_kind(const struct selector *list, size_t count, const struct selector_kind *kind)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].kind == kind)
			return true;
	return false;
}

/* Whether a kind of selector is among them. */
bool selection_asks(const struct selection *s, const struct selector_kind *kind)
{
	return has_kind(s->include, s->includes, kind) || has_kind(s->exclude, s->excludes, kind);
}

/* Whether a kind of selector is among those that exclude. */
bool selection_excludes(const struct selection *s, const struct selector_kind *kind)
{
	return has_kind(s->exclude, s->excludes, kind);
}

/* Whether one that is gone may have been selected, by the little that is known of it. */
bool selection_may_have_had(const struct selection *s, const char *comm, bool has_sockets)
{
	struct facts f;
	bool asked;

	facts_of_gone(&f, comm);
	if (!any_matches(s->include, s->includes, &selector_name, &f, &asked) && asked)
		return false;
	if (any_matches(s->exclude, s->excludes, &selector_name, &f, &asked))
		return false;
	return has_sockets || (!has_kind(s->include, s->includes, &selector_all) &&
			       !has_kind(s->include, s->includes, &selector_port));
}

/* Whether all are selected that have a socket. */
bool selection_is_all(const struct selection *s)
{
	for (size_t i = 0; i < s->includes; i++)
		if (s->include[i].kind != &selector_all)
			return false;
	return s->includes && !s->excludes;
}

/* Adds what processes are that a list means: by kinds, with `between` two of these. */
static void describe(struct text *t, const struct selector *list, size_t count, const char *between)
{
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		bool asked = false;

		for (size_t j = 0; j < count; j++) {
			if (list[j].kind != kinds[i])
				continue;
			if (asked && !*list[j].text)
				continue;
			add(t, asked ? " or " : any ? between : "");
			if (!asked)
				add(t, kinds[i]->phrase);
			add(t, !asked && *list[j].text ? " " : "");
			add(t, list[j].text);
			asked = any = true;
		}
	}
}

/* What a selected process is, in words. */
void selection_describe(const struct selection *s, char *text, size_t size)
{
	struct text t = {text, size};

	*text = '\0';
	describe(&t, s->include, s->includes, " and ");
	if (!s->excludes)
		return;
	add(&t, ", other than one that ");
	describe(&t, s->exclude, s->excludes, " or ");
}

/* Frees a list of selectors. */
static void clear_list(struct selector *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].path);
	free(list);
}

void selection_clear(struct selection *s)
{
	clear_list(s->include, s->includes);
	clear_list(s->exclude, s->excludes);
	*s = (struct selection){0};
}
