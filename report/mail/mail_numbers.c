// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_numbers.h"

#include "base/cleanup.h"
#include "report/mail/mail_words.h"
#include "report/evidence/study_kind.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* A number that was rounded further away from the value than this says something else. */
#define ROUNDED_MAX 0.05
/* How far from a number its function's name may stand, in words. */
#define NAME_DISTANCE 4

struct checking {
	const char *what;
	const struct evidence *x;
	const struct evidence_case *c;
	double closed, won_back; /* percent; NAN: there is none */
	struct tokens t;
};

static bool is_rounded(double value, double written, int decimals)
{
	double unit = pow(10, -decimals);

	return isfinite(value) && fabs(value - written) <= 0.5 * unit * (1 + 1e-9) &&
	       fabs(value - written) <= ROUNDED_MAX * fabs(value);
}

static bool is_value(const struct token *n, double value)
{
	return is_rounded(fabs(value), n->value, n->decimals);
}

static int refuse(const struct checking *k, size_t from, size_t to, const char *why, struct err *e)
{
	const struct token *a = &k->t.list[from], *b = &k->t.list[to];

	return err_set(e, EINVAL, "the mail is refused: the %s says '%.*s', and %s", k->what,
		       (int)(b->at + b->len - a->at), a->at, why);
}

/* Does the word before or behind say what a direction says of the change? */
static bool is_against(const struct checking *k, size_t from, size_t to)
{
	int direction = tokens_direction(&k->t, from, to);

	return (direction > 0 && k->c->ratio < 1) || (direction < 0 && k->c->ratio > 1);
}

/* "100 % of the gap", "closes 100 %", "93 % won back": no share of anything else is known. */
static bool is_said_of_share(const struct checking *k, size_t i, size_t unit)
{
	bool said = token_is(&k->t, unit + 1, "of|closed|won");

	for (size_t at = i; !said && at-- > 0 && at + NAME_DISTANCE >= i;)
		said = token_is(&k->t, at, "close|closes|closed|closing|won|wins");
	return said;
}

static int check_percent(const struct checking *k, size_t i, size_t unit, struct err *e)
{
	const struct token *n = &k->t.list[i];
	char why[120];

	if (is_said_of_share(k, i, unit)) {
		if (is_value(n, k->closed) || is_value(n, k->won_back))
			return 0;
		return refuse(k, i, unit, "no such share was closed or won back", e);
	}
	if (is_value(n, 100 * (k->c->ratio - 1)) && !is_against(k, i, unit))
		return 0;
	snprintf(why, sizeof(why), "what the ratio gives is %.2f %% %s",
		 100 * fabs(k->c->ratio - 1), k->c->ratio > 1 ? "more" : "less");
	return refuse(k, i, unit, why, e);
}

static int check_times(const struct checking *k, size_t i, size_t unit, struct err *e)
{
	char why[120];

	if (token_is(&k->t, unit + 1, "more|less|fewer|slower|faster|higher|lower|larger|smaller"))
		return refuse(k, i, unit + 1,
			      "'2 times more' may be 3 times as many: say 'times as many'", e);
	if (is_value(&k->t.list[i], k->c->ratio))
		return 0;
	snprintf(why, sizeof(why), "the ratio is %.4f", k->c->ratio);
	return refuse(k, i, unit, why, e);
}

static bool is_falling(const struct tokens *t, size_t i)
{
	return token_is(t, i, "fewer|less");
}

/* "88 more" or "88 instructions more": of the delta; else of a side. */
static bool fits(const struct checking *k, size_t i, size_t unit, double old_value,
		 double new_value)
{
	static const char words[] = "more|fewer|less|extra|additional";
	const struct token *n = &k->t.list[i];
	const double delta = new_value - old_value;

	for (size_t at = i + 1; at <= unit + 1; at++) {
		if (token_is(&k->t, at, words))
			return is_value(n, delta) && (delta < 0) == is_falling(&k->t, at);
	}
	return is_value(n, old_value) || is_value(n, new_value) || is_value(n, delta);
}

static const struct function_delta *function_at(const struct checking *k, size_t i)
{
	const struct comparison *c = &k->c->comparison;
	const struct token *w = &k->t.list[i];

	for (size_t f = 0; f < c->n_functions && w->kind == TOKEN_WORD; f++) {
		if (strlen(c->functions[f].name) == w->len &&
		    !strncmp(c->functions[f].name, w->at, w->len))
			return &c->functions[f];
	}
	return NULL;
}

/* The function that a number stands beside: the nearer one, and no other number between. */
static const struct function_delta *function_beside(const struct checking *k, size_t i, size_t unit)
{
	bool before = true, behind = true;

	for (size_t d = 1; d <= NAME_DISTANCE; d++) {
		const struct function_delta *f = NULL;

		before = before && i >= d && k->t.list[i - d].kind != TOKEN_NUMBER;
		behind =
			behind && unit + d < k->t.count && k->t.list[unit + d].kind != TOKEN_NUMBER;
		f = before ? function_at(k, i - d) : NULL;
		f = f || !behind ? f : function_at(k, unit + d);
		if (f)
			return f;
	}
	return NULL;
}

static bool is_of_function(const struct checking *k, size_t i, size_t unit)
{
	const struct function_delta *f = function_beside(k, i, unit);

	return f && fits(k, i, unit, f->old_insns, f->new_insns);
}

/* The OLD in "266.0 instead of 354.0 instructions": what follows has the unit. */
static bool is_first_of_two(const struct checking *k, size_t i)
{
	size_t at = i + 1, unit;
	enum unit u;

	while (token_is(&k->t, at, "instead|of|to|vs|versus|against|and|-|>"))
		at++;
	if (at == i + 1 || at >= k->t.count || k->t.list[at].kind != TOKEN_NUMBER)
		return false;
	u = token_unit(&k->t, at, &unit);
	return (u == UNIT_INSNS || u == UNIT_NS) && (is_value(&k->t.list[i], k->c->old_value) ||
						     is_value(&k->t.list[i], k->c->new_value));
}

/* "6.17", "v6.17.13": of a kernel that was measured. */
static bool is_release(const struct checking *k, size_t i)
{
	const struct token *t = &k->t.list[i];
	const char *text = t->at + (*t->at == 'v');
	size_t len = t->len - (*t->at == 'v');

	if (!memchr(text, '.', len))
		return false;
	for (size_t r = 0; r < k->x->record->n_runs; r++) {
		const char *release = k->x->record->runs[r].kernel_release;

		if (!strncmp(release, text, len) && !isdigit((unsigned char)release[len]))
			return true;
	}
	return false;
}

static bool is_after_ratio(const struct checking *k, size_t i)
{
	for (size_t at = i; at-- > 0 && at + 3 >= i;) {
		if (k->t.list[at].kind == TOKEN_NUMBER)
			return false;
		if (token_is(&k->t, at, "ratio|factor"))
			return true;
	}
	return false;
}

/* Of the scenario's mappings, the guest's memory, or of pages themselves. */
static bool is_size(const struct checking *k, double bytes)
{
	const struct scenario *s = k->c->scenario;

	for (size_t i = 0; i < s->n_maps; i++) {
		if (bytes == (double)s->maps[i].bytes)
			return true;
	}
	return (k->c->old_run && bytes == (double)k->c->old_run->memory_mib * (1 << 20)) ||
	       bytes == 4096 || bytes == 2 << 20;
}

static bool is_counted(const struct checking *k, const struct token *n, enum unit unit)
{
	switch (unit) {
	case UNIT_PAGES:
		return n->value == (double)scenario_pages(k->c->scenario);
	case UNIT_CPUS:
		return n->value == k->c->cpus;
	case UNIT_BLOCKS:
		return n->value == (double)k->c->blocks;
	case UNIT_KIB:
		return is_size(k, n->value * (1 << 10));
	case UNIT_MIB:
		return is_size(k, n->value * (1 << 20));
	case UNIT_GIB:
		return is_size(k, n->value * (1 << 30));
	case UNIT_NONE:
	case UNIT_PERCENT:
	case UNIT_TIMES:
	case UNIT_INSNS:
	case UNIT_NS:
	case UNIT_OTHER_TIME:
	case UNIT_UNKNOWN:
		break;
	}
	return false;
}

static bool is_known(const struct checking *k, size_t i, size_t at, enum unit unit)
{
	bool counted = !strcmp(k->c->unit, "insns");

	if (unit == (counted ? UNIT_INSNS : UNIT_NS) &&
	    fits(k, i, at, k->c->old_value, k->c->new_value))
		return true;
	if ((unit == UNIT_INSNS || unit == UNIT_NONE) && is_of_function(k, i, at))
		return true;
	if (unit != UNIT_NONE)
		return is_counted(k, &k->t.list[i], unit);
	return (is_after_ratio(k, i) && is_value(&k->t.list[i], k->c->ratio)) ||
	       is_first_of_two(k, i) ||
	       (is_release(k, i) && !token_is(&k->t, i + 1, "more|less|fewer|slower|faster"));
}

static int check_number(const struct checking *k, size_t i, struct err *e)
{
	size_t at;
	enum unit unit = token_unit(&k->t, i, &at);

	if (unit == UNIT_PERCENT)
		return check_percent(k, i, at, e);
	if (unit == UNIT_TIMES)
		return check_times(k, i, at, e);
	if (is_known(k, i, at, unit))
		return 0;
	return refuse(k, i, at,
		      "that is no number of this experiment beside its unit or its function's name",
		      e);
}

/* "doubled", "more than twice", "nearly triples" */
static int check_word(const struct checking *k, size_t i, struct err *e)
{
	double says = token_ratio(&k->t, i), ratio = k->c->ratio;
	char why[120];

	if (says == 0)
		return 0;
	if (i >= 2 && token_is(&k->t, i - 1, "than") && token_is(&k->t, i - 2, "more")) {
		if (ratio >= says && ratio < says + 1)
			return 0;
	} else if (i >= 1 && token_is(&k->t, i - 1, "nearly|almost")) {
		if (ratio <= says && ratio >= .9 * says)
			return 0;
	} else if (fabs(ratio - says) <= ROUNDED_MAX * says) {
		return 0;
	}
	snprintf(why, sizeof(why), "the ratio is %.4f", ratio);
	return refuse(k, i, i, why, e);
}

static int check_token(const struct checking *k, size_t i, struct err *e)
{
	switch (k->t.list[i].kind) {
	case TOKEN_WORD:
		return check_word(k, i, e);
	case TOKEN_NUMBER:
		return check_number(k, i, e);
	case TOKEN_VERSION:
		return is_release(k, i)
			       ? 0
			       : refuse(k, i, i, "no kernel of that release was measured", e);
	case TOKEN_COMMIT:
	case TOKEN_SIGN:
		break;
	}
	return 0;
}

/* Beside the case that the mail is about: is this one meant, too? */
static bool is_named(const struct evidence_case *c, const char *text)
{
	const char *name = strchr(c->scenario->name, '/');

	return strcasestr(text, name ? name + 1 : c->scenario->name);
}

int mail_numbers_check(const char *what, const char *text, const struct mail_about *a,
		       struct err *e)
{
	const json_t *gap = study_gap_row(a->x->study.document, NULL);
	struct checking k = { .what = what,
			      .x = a->x,
			      .c = a->c,
			      .closed = study_number(gap, "closed"),
			      .won_back = 100 * study_number(a->culprit, "won_back") };
	int r = tokens_read(text, &k.t, e);

	for (size_t i = 0; i < k.t.count && r == 0; i++) {
		bool found = check_token(&k, i, NULL) == 0;

		for (size_t n = 0; n < a->x->n_cases && !found; n++) {
			k.c = &a->x->cases[n];
			found = is_named(k.c, text) && !a->x->study.kind &&
				check_token(&k, i, NULL) == 0;
		}
		k.c = a->c;
		r = found ? 0 : check_token(&k, i, e);
	}
	tokens_free(&k.t);
	return r;
}

bool mail_speaks_of_time(const char *text)
{
	_cleanup_tokens_ struct tokens t = { 0 };

	if (tokens_read(text, &t, NULL) < 0)
		return true;
	for (size_t i = 0; i < t.count; i++) {
		if (token_is(&t, i,
			     "slower|slowdown|faster|speed|speedup|time|latency|"
			     "throughput|seconds|ns|nanoseconds"))
			return true;
	}
	return false;
}
