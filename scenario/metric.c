// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/metric.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/nearest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* By enum metric_kind: the words that stand alone, and what stands before a name. */
static const struct {
	const char *word, *prefix;
} kinds[] = {
	[METRIC_ITERATION] = { "iteration", NULL }, [METRIC_SEGMENT] = { NULL, "segment:" },
	[METRIC_KERNEL] = { "kernel", NULL },	    [METRIC_USER] = { "user", NULL },
	[METRIC_FUNCTION] = { NULL, "function:" },  [METRIC_INCLUSIVE] = { NULL, "inclusive:" },
	[METRIC_CALLS] = { NULL, "calls:" },	    [METRIC_TASK] = { NULL, "task:" },
	[METRIC_PRINTED] = { NULL, "printed:" },
};

/* What names are made of: the kernel's functions, segments, keys of programs. */
static bool is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.$-/[]";

	return *text && !text[strspn(text, letters)];
}

/* "'WORD' is no metric: there are iteration, ..., function:NAME" */
static int none(const char *word, const struct metric_offer *offer, struct err *e)
{
	struct nearest near = { .word = word };
	_cleanup_buf_ struct buf text = { 0 };

	buf_puts(&text, "iteration");
	nearest_try(&near, "iteration");
	nearest_try(&near, "kernel");
	nearest_try(&near, "user");
	for (unsigned i = 0; offer && i < offer->n_segments; i++) {
		buf_printf(&text, ", %s", offer->segments[i]);
		nearest_try(&near, offer->segments[i]);
	}
	buf_printf(&text,
		   "%s, kernel, user, function:NAME, inclusive:NAME, calls:NAME, "
		   "task:NAME%s",
		   offer ? "" : ", segments",
		   !offer || offer->program ? ", and what a program prints" : "");
	nearest_text(&near, "", &text);
	if (buf_error(&text))
		return err_oom(e);
	return err_set(e, EINVAL, "'%.60s' is no metric here: there are %s", word, buf_str(&text));
}

/* A kind that the word says itself; -ENOENT: it is a segment's name, or a key. */
static int read_word(const char *word, struct metric_choice *out, struct err *e)
{
	const char *colon = strchr(word, ':');

	*out = (struct metric_choice){ 0 };
	if (strlen(word) >= METRIC_NAME_BYTES)
		return err_set(e, EINVAL, "metric '%.40s...': its name is longer than %d bytes",
			       word, METRIC_NAME_BYTES - 1);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *prefix = kinds[i].prefix;

		out->kind = (enum metric_kind)i;
		if (kinds[i].word && !strcmp(word, kinds[i].word))
			return 0;
		if (!prefix || strncmp(word, prefix, strlen(prefix)) != 0)
			continue;
		if (!is_name(word + strlen(prefix)))
			return err_set(e, EINVAL, "metric '%.60s': a name is expected behind %s",
				       word, prefix);
		snprintf(out->name, sizeof(out->name), "%s", word + strlen(prefix));
		return 0;
	}
	return colon || !is_name(word) ? -EINVAL : -ENOENT;
}

int metric_check(const char *word, struct err *e)
{
	struct metric_choice m;
	struct err why = { 0 };
	int r = read_word(word, &m, &why);

	if (r == 0 || r == -ENOENT)
		return 0;
	if (!why.code)
		return none(word, NULL, e);
	if (e)
		*e = why;
	return r;
}

static bool find_segment(const struct metric_offer *offer, struct metric_choice *m)
{
	for (unsigned i = 0; i < offer->n_segments; i++) {
		if (strcmp(offer->segments[i], m->name) != 0)
			continue;
		m->kind = METRIC_SEGMENT;
		m->segment = i;
		return true;
	}
	return false;
}

int metric_choose(const char *word, const struct metric_offer *offer, struct metric_choice *out,
		  struct err *e)
{
	struct err why = { 0 };
	int r = 0;

	*out = (struct metric_choice){ .kind = offer->program ? METRIC_KERNEL : METRIC_ITERATION };
	if (word && *word)
		r = read_word(word, out, &why);
	if (r == -ENOENT) {
		out->kind = METRIC_PRINTED;
		snprintf(out->name, sizeof(out->name), "%.*s", METRIC_NAME_BYTES - 1, word);
		r = find_segment(offer, out) || offer->program ? 0 : -EINVAL;
	} else if (r == 0 && out->kind == METRIC_SEGMENT) {
		r = find_segment(offer, out) ? 0 : -EINVAL;
	} else if (r == 0 && out->kind == METRIC_PRINTED && !offer->program) {
		r = -EINVAL;
	} else if (r == 0 && out->kind == METRIC_INCLUSIVE && offer->program) {
		/* Its work is that of many tasks, and calls are followed in one. */
		return err_set(e, ENOTSUP,
			       "metric '%.60s': calls are followed in one task only, and a "
			       "program's work may be that of several; function: and calls: can be "
			       "had of it",
			       word);
	}
	if (r == 0)
		return 0;
	if (!why.code)
		return none(word, offer, e);
	if (e)
		*e = why;
	return r;
}

void metric_word(const struct metric_choice *m, char out[METRIC_WORD_BYTES])
{
	if (kinds[m->kind].word)
		snprintf(out, METRIC_WORD_BYTES, "%s", kinds[m->kind].word);
	else
		snprintf(out, METRIC_WORD_BYTES, "%s%s",
			 m->kind == METRIC_SEGMENT ? "" : kinds[m->kind].prefix, m->name);
}

bool metric_names(const char *word, const char *quantity)
{
	struct metric_choice m;
	const char *rest;
	size_t len;

	if (!strcmp(word, quantity))
		return true;
	if (read_word(word, &m, NULL) == 0 &&
	    (m.kind == METRIC_SEGMENT || m.kind == METRIC_PRINTED)) {
		word += strlen(kinds[m.kind].prefix);
		if (m.kind == METRIC_PRINTED)
			return !strcmp(word, quantity);
	}
	len = strlen(word);
	if (strncmp(word, quantity, len) != 0 || quantity[len] != '_')
		return false;
	/* A name may begin with another's ("touch", "touch_again"); a unit has no '_'. */
	rest = quantity + len + 1;
	if (strchr(word, ':'))
		return !strncmp(rest, "insns_per_", strlen("insns_per_")) ||
		       !strncmp(rest, "calls_per_", strlen("calls_per_"));
	return !strncmp(rest + strcspn(rest, "_"), "_per_", strlen("_per_"));
}

static bool begins(const char *word, enum metric_kind kind)
{
	return word && !strncmp(word, kinds[kind].prefix, strlen(kinds[kind].prefix));
}

bool metric_is_function(const char *word)
{
	return begins(word, METRIC_FUNCTION) || begins(word, METRIC_INCLUSIVE) ||
	       begins(word, METRIC_CALLS);
}

bool metric_is_task(const char *word)
{
	return begins(word, METRIC_TASK);
}

bool metric_needs_tree(const char *word)
{
	return begins(word, METRIC_INCLUSIVE);
}

bool metric_needs_functions(const struct metric_choice *m)
{
	return m->kind == METRIC_KERNEL || m->kind == METRIC_USER || m->kind == METRIC_FUNCTION ||
	       m->kind == METRIC_INCLUSIVE || m->kind == METRIC_CALLS || m->kind == METRIC_TASK;
}
