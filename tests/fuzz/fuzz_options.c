/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_options.c - command lines. What is taken is within the limits; what is refused is refused
 * in lines of messages, with the exit code for it.
 *
 * The words of the input end in a zero byte. A word that begins with a byte from 0x80 on begins
 * with the name of an option instead: so the fuzzer knows the options, those of tomorrow too.
 */
#include "app/command_line.h"
#include "app/ps.h"
#include "app/option_rows.h"
#include "app/time_parse.h"
#include "fuzz.h"

enum {
	WORDS = 24,
};

/* As the program has them: one that takes all, one that takes a part, one that takes a word. */
static const struct command commands[] = {
	{"trace", "all options", "[trace] [options] -p LIST", NULL,
	 ((1U << GROUPS) - 1) & ~(1U << GROUP_LINES), NULL, NULL, NULL},
	{"ps", "another order", "ps [options]", NULL,
	 ((1U << GROUPS) - 1) & ~(1U << GROUP_BLOCKS | 1U << GROUP_LATER), NULL, NULL, ps_complete},
	{"check", "those of HOW", "check", NULL, 1U << GROUP_HOW, NULL, NULL, NULL},
	{"tell", "no options, a word", "tell [WORD]", "WORD", 0, NULL, NULL, NULL},
	{NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};

/* One word of the command line, to be freed; moves on behind its end. */
static char *next_word(const uint8_t **data, size_t *size)
{
	const uint8_t *end = memchr(*data, 0, *size);
	size_t length = end ? (size_t)(end - *data) : *size;
	char *word = fuzz_string(*data, length);

	if (length && (uint8_t)word[0] >= 0x80) {
		const char *name = option_rows[(uint8_t)word[0] % option_rows_count].name;
		char *named = malloc(2 + strlen(name) + length);

		ENSURE(named);
		sprintf(named, "--%s%s", name, word + 1);
		free(word);
		word = named;
	}
	*data += length + !!end;
	*size -= length + !!end;
	return word;
}

/* What holds of options that the program goes on with. */
static void check_taken(const struct options *o)
{
	ENSURE(o->command);
	ENSURE(o->pids.count || o->selection.includes || o->launch ||
	       !(o->command->groups & 1U << GROUP_TARGETS));
	ENSURE(!o->word || o->command->word);
	for (size_t i = 0; i < 2; i++) {
		uint64_t time = i ? o->duration : o->interval;

		ENSURE(!time || (time >= NSEC_PER_MSEC && time < TIME_LIMIT_NS));
	}
	for (size_t i = 0; i < o->outputs.count; i++) {
		ENSURE(o->outputs.choice[i].sink && *o->outputs.choice[i].file);
		for (size_t j = 0; j < i; j++)
			ENSURE(strcmp(o->outputs.choice[i].file, o->outputs.choice[j].file) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *word[WORDS + 1], *argv[WORDS + 2], *told;
	int argc = 1, done;
	struct options o;

	argv[0] = word[0] = fuzz_string((const uint8_t *)"iophase", 7);
	while (size && argc <= WORDS) {
		argv[argc] = word[argc] = next_word(&data, &size);
		argc++;
	}
	argv[argc] = NULL;
	fuzz_listen();
	done = options_parse(argc, argv, commands, &o);
	told = fuzz_told();
	ENSURE(fuzz_is_messages(told));
	if (!done)
		check_taken(&o);
	else
		ENSURE(o.exit_code == (done > 0 ? EXIT_DONE : EXIT_USAGE));
	ENSURE(done >= 0 || *told);
	options_clear(&o);
	free(told);
	/* getopt has put them in another order. */
	for (int i = 0; i < argc; i++)
		free(word[i]);
	return 0;
}
