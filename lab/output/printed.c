// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/output/printed.h"

#include "stats/stats.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEYS_MAX 256
#define NAMED_MAX 6 /* keys that a note lists */

void printed_free(struct printed *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->keys[i].values);
	free(p->keys);
	*p = (struct printed){ 0 };
}

void printed_execution(struct printed *p)
{
	p->executions++;
}

bool printed_number(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	/* strtod() knows hexadecimal, too, where an address is more likely. */
	if (end == text || memchr(text, 'x', (size_t)(end - text)) ||
	    memchr(text, 'X', (size_t)(end - text)))
		return false;
	end += strspn(end, ",;.");
	return !*end && isfinite(*out);
}

/* What somebody may have meant as a number. */
static bool looks_like_number(const char *text)
{
	const char *digits = text + strspn(text, "+-.");

	return isdigit((unsigned char)*digits) || !strncasecmp(digits, "nan", 3) ||
	       !strncasecmp(digits, "inf", 3);
}

static bool is_key(const char *text, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				     "0123456789.-/";

	return len && len < OUTPUT_NAME_BYTES && strchr(letters, text[0]) &&
	       strspn(text, others) == len;
}

static struct printed_key *find(const struct printed *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++) {
		if (!strcmp(p->keys[i].name, name))
			return &p->keys[i];
	}
	return NULL;
}

static struct printed_key *key_of(struct printed *p, const char *name)
{
	struct printed_key *grown = find(p, name);

	if (grown)
		return grown;
	grown = realloc(p->keys, (p->count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	p->keys = grown;
	grown = &p->keys[p->count++];
	*grown = (struct printed_key){ 0 };
	snprintf(grown->name, sizeof(grown->name), "%s", name);
	return grown;
}

static int take(struct printed_key *k, unsigned execution, double value, struct err *e)
{
	double *grown;

	if (k->last == execution && !k->left)
		k->left = PRINTED_TWICE;
	k->last = execution;
	if (k->left)
		return 0;
	grown = realloc(k->values, (k->n_values + 1) * sizeof(*grown));
	if (!grown)
		return err_oom(e);
	k->values = grown;
	grown[k->n_values++] = value;
	return 0;
}

int printed_add(struct printed *p, const char *name, double value, struct err *e)
{
	struct printed_key *k = key_of(p, name);

	return k ? take(k, p->executions, value, e) : err_oom(e);
}

int printed_word(struct printed *p, char *word, struct err *e)
{
	char *equals = strchr(word, '=');
	struct printed_key *k;
	double value;

	if (!equals || !is_key(word, (size_t)(equals - word)) || !looks_like_number(equals + 1))
		return 0;
	*equals = '\0';
	if (p->count == KEYS_MAX && !find(p, word)) {
		p->overfull = true;
		return 0;
	}
	k = key_of(p, word);
	if (!k)
		return err_oom(e);
	if (program_name_is_taken(word))
		k->left = PRINTED_OWN;
	else if (!printed_number(equals + 1, &value))
		k->left = PRINTED_ODD;
	return take(k, p->executions, k->left ? 0 : value, e);
}

static void note(const struct printed *p, enum printed_left why, struct buf *out)
{
	static const char *const reasons[PRINTED_LEFT_KINDS] = {
		[PRINTED_TWICE] = "printed more than once in an execution",
		[PRINTED_ODD] = "not a plain number",
		[PRINTED_OWN] = "a name of slowpath's own",
		[PRINTED_NOT_ALWAYS] = "not printed by every execution",
		[PRINTED_TOO_MANY] = "more metrics than are taken",
	};
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (p->keys[i].left != why)
			continue;
		if (n < NAMED_MAX) {
			buf_puts(out, n ? ", " : "left out: ");
			buf_puts(out, p->keys[i].name);
		}
		n++;
	}
	if (n > NAMED_MAX)
		buf_printf(out, " and %zu more", n - NAMED_MAX);
	if (n)
		buf_printf(out, " (%s)\n", reasons[why]);
}

static void conclude_key(struct printed_key *k, unsigned executions, struct output *out)
{
	struct output_metric *m = &out->metrics[out->n_metrics];

	if (!k->left && k->n_values < executions)
		k->left = PRINTED_NOT_ALWAYS;
	if (!k->left && out->n_metrics == OUTPUT_METRICS_MAX)
		k->left = PRINTED_TOO_MANY;
	if (k->left)
		return;
	snprintf(m->name, sizeof(m->name), "%s", k->name);
	stats_sort(k->values, k->n_values);
	m->value = stats_median_sorted(k->values, k->n_values);
	m->spread = k->values[k->n_values - 1] - k->values[0];
	out->n_metrics++;
}

int printed_conclude(struct printed *p, struct output *out, struct err *e)
{
	_cleanup_buf_ struct buf notes = { 0 };

	for (size_t i = 0; i < p->count; i++)
		conclude_key(&p->keys[i], p->executions, out);
	buf_puts(&notes, "");
	for (unsigned why = PRINTED_TAKEN + 1; why < PRINTED_LEFT_KINDS; why++)
		note(p, why, &notes);
	if (p->overfull)
		buf_printf(&notes, "left out: whatever came after %d keys\n", KEYS_MAX);
	out->notes = buf_steal(&notes);
	return out->notes ? 0 : err_oom(e);
}
