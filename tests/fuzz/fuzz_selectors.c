/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_selectors.c - words that name processes. What is taken is within the limits of its kind,
 * what is refused changes nothing, and whatever was taken is told in words that fit.
 *
 * The words of the input end in a zero byte; one that begins with an exclamation mark excludes.
 */
#include "fuzz.h"
#include "proc/container.h"
#include "target/selector.h"

enum {
	TOLD_MAX = 64,
};

/* What holds of a selector that was taken. */
static void check_taken(const struct selector *s)
{
	size_t length = strlen(s->text);

	ENSURE(length || s->kind == &selector_all);
	if (s->kind == &selector_port)
		ENSURE(s->number >= 1 && s->number <= UINT16_MAX);
	if (s->kind == &selector_user)
		ENSURE(s->number < UINT32_MAX);
	if (s->kind == &selector_container)
		ENSURE(length < CONTAINER_ID_LEN && strspn(s->text, "0123456789abcdef") == length);
	if (s->kind == &selector_exe)
		ENSURE(s->path && *s->path == '/');
	if (s->kind == &selector_cgroup)
		ENSURE(s->path && (!*s->path || s->path[strlen(s->path) - 1] != '/'));
}

/* Takes one word, or not. */
static void add(struct selection *s, bool excludes, const char *word)
{
	size_t includes = s->includes, before = s->includes + s->excludes;
	const char *why = selection_add_word(s, excludes, word);

	ENSURE(!why || *why);
	ENSURE(s->includes + s->excludes == before + !why);
	ENSURE(s->includes == includes + (!why && !excludes));
	if (!why)
		check_taken(excludes ? &s->exclude[s->excludes - 1] : &s->include[s->includes - 1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words = fuzz_string(data, size), told[TOLD_MAX];
	struct selection s = {0};

	for (size_t at = 0; at < size; at += strlen(words + at) + 1)
		add(&s, words[at] == '!', words + at + (words[at] == '!'));
	for (size_t room = 1; room <= TOLD_MAX; room += 21) {
		memset(told, 'x', sizeof(told));
		selection_describe(&s, told, room);
		ENSURE(memchr(told, 0, room) && (room == TOLD_MAX || told[room] == 'x'));
		ENSURE(room == 1 || !(s.includes + s.excludes) == !*told);
	}
	ENSURE(!selection_is_all(&s) || selection_asks(&s, &selector_all));
	selection_clear(&s);
	free(words);
	return 0;
}
