/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * membership_words.c - what is said of those that selectors took in late, missed, or may not look
 * into.
 *
 * What goes in: how many there were. What comes out: lines for reports.
 */
#include <inttypes.h>
#include <stdio.h>

#include "app/membership.h"
#include "kernel/rights.h"

enum {
	SENTENCE_LEN = 320,
};

/* The capabilities that we lack to look into processes; false if there are none. */
bool membership_lacks_rights(char names[RIGHTS_LEN])
{
	return rights_lacking(names, RIGHTS_LEN, rights_effective(), RIGHT_TO_SEE_CALLS);
}

/* Writes how many we may not look into, and why. */
bool membership_describe_denied(const struct membership *m, char *text, size_t size)
{
	char names[RIGHTS_LEN];
	bool lacks = membership_lacks_rights(names);

	char few[SENTENCE_LEN] = "", others[SENTENCE_LEN] = "";

	text[0] = '\0';
	if (!m->joins.denied && !m->joins.hidden)
		return false;
	if (m->joins.denied)
		snprintf(few, sizeof(few),
			 "%" PRIu64 " process%s could not be looked into (pid %d%s)",
			 m->joins.denied, m->joins.denied == 1 ? "" : "es", m->denied,
			 m->joins.denied == 1 ? "" : ", for one");
	if (m->joins.hidden)
		snprintf(others, sizeof(others),
			 "%sprocesses of others are hidden by hidepid of /proc",
			 few[0] ? ", and " : "");
	/* Who has all of these, and may not look, is kept out by something that we cannot name. */
	snprintf(text, size, "%s%s: %s%s", few, others,
		 lacks ? "lacking " : "not permitted, though no capability is lacking",
		 lacks ? names : "");
	return lacks;
}

/* Adds the line about those that were taken in late. */
static void tell_late(const struct joins *j, struct notes *notes)
{
	uint64_t begun = j->late - j->older;
	char older[SENTENCE_LEN] = "", younger[SENTENCE_LEN] = "";

	if (j->older)
		snprintf(older, sizeof(older),
			 "; %" PRIu64 " of them %s there before becoming what is looked for",
			 j->older, j->older == 1 ? "was" : "were");
	if (begun)
		snprintf(younger, sizeof(younger), ", %sup to %" PRIu64 " ms after %s had begun",
			 j->older ? "some " : "", j->most / (uint64_t)NSEC_PER_MSEC,
			 j->late == 1 ? "it" : "they");
	notes_add(notes,
		  "%" PRIu64 " process%s joined in late%s: what %s did before that is not in the "
		  "report%s",
		  j->late, j->late == 1 ? "" : "es", younger, j->late == 1 ? "it" : "they", older);
}

/* Adds the lines about who was taken in late, and whom we may not look into. */
void membership_tell(struct membership *m, const struct joins *joins, bool again,
		     struct notes *notes)
{
	char denied[SENTENCE_LEN];

	membership_describe_denied(m, denied, sizeof(denied));
	again |= m->joins.denied != m->said;
	m->said = m->joins.denied;
	if (denied[0] && again)
		notes_add(notes, "%s; what matches among them is not in the report", denied);
	if (joins->late)
		tell_late(joins, notes);
	if (joins->missed)
		notes_add(notes,
			  "%" PRIu64 " process%s had ended before %s could be looked at: what "
			  "matched among them is not in the report",
			  joins->missed, joins->missed == 1 ? "" : "es",
			  joins->missed == 1 ? "it" : "they");
}
