// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_words.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COMMIT_DIGITS_MIN 7
#define NUMBER_BYTES 40

void tokens_free(struct tokens *t)
{
	free(t->list);
	*t = (struct tokens){ 0 };
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "28bd1217f75f": hexadecimal, and no number. */
static size_t commit_length(const char *p)
{
	size_t n = strspn(p, "0123456789abcdef");

	return n >= COMMIT_DIGITS_MIN && n <= 40 && !is_word_char(p[n]) &&
			       strcspn(p, "abcdef") < n && strcspn(p, "0123456789") < n
		       ? n
		       : 0;
}

/* "v6.17-rc3" */
static size_t version_length(const char *p)
{
	size_t n = 1 + strspn(p + 1, "0123456789.");

	if (*p != 'v' || !isdigit((unsigned char)p[1]))
		return 0;
	while (p[n - 1] == '.')
		n--;
	if (!strncmp(p + n, "-rc", 3))
		n += 3 + strspn(p + n + 3, "0123456789");
	return n;
}

/* "16384", "2.22", "16,384" */
static void read_number(const char *text, const char *p, struct token *out)
{
	char digits[NUMBER_BYTES];
	size_t n = 0, used = 0;
	const char *dot;

	while (n < sizeof(digits) - 1) {
		bool group = p[used] == ',' && n && strspn(p + used + 1, "0123456789") == 3;

		if (!group && !isdigit((unsigned char)p[used]) &&
		    !(p[used] == '.' && isdigit((unsigned char)p[used + 1])))
			break;
		if (!group)
			digits[n++] = p[used];
		used++;
	}
	digits[n] = '\0';
	dot = strchr(digits, '.');
	*out = (struct token){ .kind = TOKEN_NUMBER,
			       .at = p,
			       .len = used,
			       .value = strtod(digits, NULL),
			       .decimals = dot ? (int)strlen(dot + 1) : 0,
			       .negative = p > text && p[-1] == '-' &&
					   (p - 1 == text || strchr(" (", p[-2])) };
	/* With two dots it is a release. */
	if (dot && strchr(dot + 1, '.'))
		out->kind = TOKEN_VERSION;
	if (!strncmp(p + used, "-rc", 3) && isdigit((unsigned char)p[used + 3])) {
		out->kind = TOKEN_VERSION;
		out->len += 3 + strspn(p + used + 3, "0123456789");
	}
}

int tokens_read(const char *text, struct tokens *out, struct err *e)
{
	*out = (struct tokens){ .list = calloc(strlen(text) + 1, sizeof(*out->list)) };
	if (!out->list)
		return err_oom(e);
	for (const char *p = text; *p;) {
		struct token *t = &out->list[out->count];
		size_t n;

		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		*t = (struct token){ .kind = TOKEN_SIGN, .at = p, .len = 1 };
		if ((n = commit_length(p))) {
			t->kind = TOKEN_COMMIT;
			t->len = n;
		} else if ((n = version_length(p))) {
			t->kind = TOKEN_VERSION;
			t->len = n;
		} else if (isdigit((unsigned char)*p)) {
			read_number(text, p, t);
		} else if (is_word_char(*p)) {
			t->kind = TOKEN_WORD;
			while (is_word_char(p[t->len]))
				t->len++;
		} else if (!strncmp(p, "\xc3\x97", 2)) { /* a multiplication sign */
			t->len = 2;
		}
		p += t->len;
		out->count++;
	}
	return 0;
}

bool token_is(const struct tokens *t, size_t i, const char *words)
{
	while (i < t->count && *words) {
		size_t n = strcspn(words, "|");

		if (n == t->list[i].len && !strncasecmp(words, t->list[i].at, n))
			return true;
		words += n + (words[n] == '|');
	}
	return false;
}

static const struct {
	enum unit unit;
	const char *words;
} units[] = {
	{ UNIT_PERCENT, "%|percent|pct" },
	{ UNIT_TIMES, "x|\xc3\x97|times|fold" },
	{ UNIT_INSNS, "instructions|instruction|insns|insn" },
	{ UNIT_NS, "ns|nanoseconds|nanosecond" },
	{ UNIT_OTHER_TIME, "us|ms|s|sec|seconds|second|milliseconds|microseconds|minutes|hours" },
	{ UNIT_PAGES, "pages|page" },
	{ UNIT_CPUS, "cpus|cpu|vcpus|vcpu" },
	{ UNIT_BLOCKS, "blocks|block|boots|boot" },
	{ UNIT_KIB, "kib|k|kb" },
	{ UNIT_MIB, "mib|m|mb" },
	{ UNIT_GIB, "gib|g|gb" },
};

enum unit token_unit(const struct tokens *t, size_t i, size_t *at)
{
	size_t next = i + 1;
	bool attached = next < t->count && t->list[next].kind == TOKEN_WORD &&
			t->list[next].at == t->list[i].at + t->list[i].len;

	*at = i;
	if (token_is(t, next, "-") && token_is(t, next + 1, "fold"))
		next++;
	if (token_is(t, next, "per") && token_is(t, next + 1, "cent")) {
		*at = next + 1;
		return UNIT_PERCENT;
	}
	if (token_is(t, next, "more|fewer|less|extra|additional|executed"))
		next += token_is(t, next + 1, "instructions|instruction|insns|ns|nanoseconds");
	for (size_t k = 0; k < ARRAY_SIZE(units); k++) {
		if (!token_is(t, next, units[k].words))
			continue;
		*at = next;
		return units[k].unit;
	}
	if (attached)
		*at = next;
	return attached ? UNIT_UNKNOWN : UNIT_NONE;
}

#define RISES                                                                                 \
	"more|slower|higher|larger|greater|longer|worse|extra|additional|increase|increases|" \
	"increased|rise|rises|regression|growth|grows|slowdown|up|above|costlier"
#define FALLS                                                                               \
	"less|fewer|faster|lower|smaller|shorter|better|decrease|decreases|decreased|drop|" \
	"drops|improvement|improves|saves|saved|reduces|reduced|reduction|speedup|down|"    \
	"below|cheaper|fall|falls"

int tokens_direction(const struct tokens *t, size_t from, size_t to)
{
	/* Behind it, two words; before it, three: "drops by about 5 %". */
	for (size_t i = to; i < to + 3; i++) {
		if (i > to && i < t->count && t->list[i].kind == TOKEN_NUMBER)
			break;
		if (token_is(t, i, FALLS))
			return -1;
		if (token_is(t, i, RISES))
			return 1;
	}
	if (t->list[from].negative)
		return -1;
	for (size_t i = from; i-- > 0 && i + 3 >= from;) {
		if (t->list[i].kind == TOKEN_NUMBER)
			break;
		if (token_is(t, i, FALLS))
			return -1;
		if (token_is(t, i, RISES))
			return 1;
	}
	return 0;
}

double token_ratio(const struct tokens *t, size_t i)
{
	static const struct {
		const char *words;
		double ratio;
	} ratios[] = {
		{ "double|doubles|doubled|doubling|twice|twofold", 2 },
		{ "triple|triples|tripled|tripling|treble|trebles|trebled|thrice|threefold", 3 },
		{ "quadruple|quadruples|quadrupled|quadrupling|fourfold", 4 },
		{ "quintuple|quintupled|fivefold", 5 },
		{ "tenfold", 10 },
		{ "hundredfold", 100 },
		{ "half|halve|halves|halved|halving", .5 },
	};
	static const char *const numerals[] = { "one",	 "two",	  "three", "four", "five", "six",
						"seven", "eight", "nine",  "ten",  NULL };

	for (size_t k = 0; k < ARRAY_SIZE(ratios); k++) {
		if (token_is(t, i, ratios[k].words))
			return ratios[k].ratio;
	}
	if (token_is(t, i, "order|orders") && token_is(t, i + 1, "of") &&
	    token_is(t, i + 2, "magnitude"))
		return 10;
	for (unsigned k = 0; numerals[k]; k++) {
		if (token_is(t, i, numerals[k]) &&
		    (token_is(t, i + 1, "times|fold") ||
		     (token_is(t, i + 1, "-") && token_is(t, i + 2, "fold"))))
			return k + 1;
	}
	return 0;
}
