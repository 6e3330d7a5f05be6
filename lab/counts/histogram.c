// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/counts/histogram.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUM_MAX (1ull << 62)

const char *histogram_class_name(enum histogram_class c)
{
	static const char *const names[HISTOGRAM_CLASSES] = { "1", "2-15", "16-63", "64-511",
							      "512+" };

	return names[c];
}

static enum histogram_class class_of(uint64_t value)
{
	if (value < 2)
		return HISTOGRAM_1;
	if (value < 16)
		return HISTOGRAM_2_15;
	if (value < 64)
		return HISTOGRAM_16_63;
	return value < 512 ? HISTOGRAM_64_511 : HISTOGRAM_512_UP;
}

/* A number at *at after blanks; false if there is none or it is too large. */
static bool take_number(const char **at, uint64_t max, uint64_t *out)
{
	char *end;

	*at += strspn(*at, " \t");
	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*out = strtoull(*at, &end, 10);
	*at = end;
	return !errno && *out <= max;
}

static bool take_word(const char **at, const char *word)
{
	*at += strspn(*at, " \t");
	if (strncmp(*at, word, strlen(word)) != 0)
		return false;
	*at += strlen(word);
	return true;
}

/* "{ n:          1 } hitcount:      65536" */
static bool take_entry(const char *line, struct histogram *h)
{
	uint64_t value, hits;

	if (!take_word(&line, "{") || !take_word(&line, "n:") ||
	    !take_number(&line, UINT32_MAX, &value) || !take_word(&line, "}") ||
	    !take_word(&line, "hitcount:") || !take_number(&line, SUM_MAX, &hits))
		return false;
	if (!value) {
		h->zeros += hits;
		return h->zeros <= SUM_MAX;
	}
	if (hits > SUM_MAX / value || h->total + hits * value > SUM_MAX)
		return false;
	h->total += hits * value;
	h->calls += hits;
	h->classes[class_of(value)] += hits;
	if (!h->min || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	return true;
}

/* "    Dropped: 0"; all else is decoration. */
static bool take_line(const char *line, struct histogram *h)
{
	const char *at = line;

	if (take_word(&at, "Dropped:")) {
		uint64_t dropped;

		if (!take_number(&at, SUM_MAX, &dropped) || h->dropped + dropped > SUM_MAX)
			return false;
		h->dropped += dropped;
		return true;
	}
	at = line;
	return !take_word(&at, "{") || take_entry(line, h);
}

int histogram_parse(const char *text, size_t len, struct histogram *out, struct err *e)
{
	_cleanup_free_ char *copy = strndup(text, len);
	char *line = copy;
	size_t number = 0;

	*out = (struct histogram){ 0 };
	if (!copy)
		return err_oom(e);
	while (line) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		number++;
		if (!take_line(line, out))
			return err_unmeasured(e, EPROTO, "the guest's histogram, line %zu: '%.60s'",
					      number, line);
		line = end ? end + 1 : NULL;
	}
	return 0;
}
