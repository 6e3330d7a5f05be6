// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/weight.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE_BYTES_MAX (256u << 20)
#define NAMES_MAX 500000u
#define NAME_BYTES_MAX 256
#define PERIOD_MAX 1e18
#define CHANGED 1e-3 /* of the iteration */

enum form { FORM_UNKNOWN, FORM_SCRIPT, FORM_REPORT };

struct reader {
	struct weight *out;
	size_t cap;
	enum form form;
	double period; /* of the sample that still lacks its frame; 0: there is none */
	size_t line;
	struct err *e;
};

void weight_free(struct weight *w)
{
	intern_free(&w->names);
	free(w->of);
	*w = (struct weight){ 0 };
}

static int bad(const struct reader *r, const char *what)
{
	return err_set(r->e, EINVAL, "line %zu: %s", r->line, what);
}

/* "folio_add_lru+0x1f", "do_exit.part.0": the function as it was written. */
static size_t written_length(const char *symbol, size_t len)
{
	static const char *const ends[] = { "+0x", ".constprop", ".isra", ".part", ".cold" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const char *at = memmem(symbol, len, ends[i], strlen(ends[i]));

		if (at && at > symbol)
			len = (size_t)(at - symbol);
	}
	return len;
}

static int add(struct reader *r, const char *symbol, size_t len, double weight)
{
	struct weight *w = r->out;
	char name[NAME_BYTES_MAX];
	uint32_t n;

	len = written_length(symbol, len);
	if (!len || len >= sizeof(name))
		return bad(r, "no name of a function, or too long a one");
	memcpy(name, symbol, len);
	name[len] = '\0';
	n = intern_add(&w->names, name);
	if (n == INTERN_NONE)
		return err_oom(r->e);
	if (n >= NAMES_MAX)
		return bad(r, "too many functions");
	if (n >= r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 256;
		double *grown = realloc(w->of, cap * sizeof(*grown));

		if (!grown)
			return err_oom(r->e);
		memset(grown + r->cap, 0, (cap - r->cap) * sizeof(*grown));
		w->of = grown;
		r->cap = cap;
	}
	w->of[n] += weight;
	w->total += weight;
	return 0;
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* The end of a word of hexadecimal digits, or NULL. */
static const char *after_address(const char *p)
{
	size_t n = strspn(p, "0123456789abcdefABCDEF");

	return n >= 1 && n <= 16 && (p[n] == ' ' || p[n] == '\t') ? p + n : NULL;
}

/* "ffffffff812e8b40 folio_add_lru+0x0 ([kernel.kallsyms])"; of what is not the kernel's, nothing.
 */
static int take_frame(struct reader *r, const char *address)
{
	const char *symbol = skip_blanks(after_address(address));
	double period = r->period;

	r->period = 0;
	/* The kernel's half of the address space. */
	if (strcspn(address, " \t") != 16 || strncasecmp(address, "ffff", 4) != 0)
		return 0;
	return add(r, symbol, strcspn(symbol, " \t"), period);
}

/*
 * "swapper 0 [000] 123.456: 250000 cycles:P: ..." What a command is called may be anything; so it
 * is looked for the last word that ends with a colon, and the period is the one before that.
 */
static int take_sample(struct reader *r, const char *line)
{
	const char *before = NULL, *word = NULL, *behind = NULL;

	for (const char *p = skip_blanks(line); *p; p = skip_blanks(p)) {
		size_t n = strcspn(p, " \t");

		if (p[n - 1] == ':' && word) {
			before = word;
			behind = skip_blanks(p + n);
		}
		word = p;
		p += n;
	}
	if (!before)
		return bad(r, "neither a sample of 'perf script' nor one of its frames");
	r->period = 1;
	if (isdigit((unsigned char)*before)) {
		char *end;
		double period = strtod(before, &end);

		/* The time stands there, with a colon, where there is no period. */
		if (*end != ':' && !(period > 0 && period < PERIOD_MAX))
			return bad(r, "a sample's period is no number that it can be");
		r->period = *end == ':' ? 1 : period;
	}
	return after_address(behind) ? take_frame(r, behind) : 0;
}

static int take_script(struct reader *r, const char *line)
{
	const char *first = skip_blanks(line);

	if (first != line && after_address(first)) {
		/* All but the innermost frame are of other functions' time. */
		return r->period > 0 ? take_frame(r, first) : 0;
	}
	return take_sample(r, line);
}

/* "    12.34%     5.67%  swapper  [kernel.kallsyms]  [k] native_safe_halt" */
static int take_report(struct reader *r, const char *line)
{
	const char *kernel = strstr(line, " [k] "), *p = skip_blanks(line), *symbol;
	double self = -1;
	char *end;

	while (isdigit((unsigned char)*p)) {
		double share = strtod(p, &end);

		if (*end != '%')
			break;
		if (!(share >= 0 && share <= 100))
			return bad(r, "a share that is not from 0 to 100 %");
		self = share;
		p = skip_blanks(end + 1);
	}
	if (self < 0 || !kernel)
		return 0;
	symbol = skip_blanks(kernel + 5);
	return add(r, symbol, strcspn(symbol, " \t"), self);
}

static bool is_report(const char *line)
{
	const char *p = skip_blanks(line);
	size_t n = strspn(p, "0123456789.");

	return n && p[n] == '%';
}

static int take_line(struct reader *r, const char *line)
{
	const char *first = skip_blanks(line);

	if (*first == '#')
		return 0;
	if (!*first) {
		r->period = 0;
		return 0;
	}
	if (r->form == FORM_UNKNOWN)
		r->form = is_report(line) ? FORM_REPORT : FORM_SCRIPT;
	return r->form == FORM_REPORT ? take_report(r, line) : take_script(r, line);
}

int weight_parse(const char *text, size_t len, struct weight *out, struct err *e)
{
	struct reader in = { .out = out, .e = e };
	_cleanup_buf_ struct buf line = { 0 };
	int r = 0;

	*out = (struct weight){ 0 };
	for (size_t at = 0; r == 0 && at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : len - at;

		in.line++;
		line.len = 0;
		if (memchr(text + at, '\0', n))
			r = bad(&in, "a NUL byte: this is no text of perf's (perf script > FILE)");
		else if (buf_add(&line, text + at, n) < 0)
			r = err_oom(e);
		else
			r = take_line(&in, n ? buf_str(&line) : "");
		at += n + 1;
	}
	if (r == 0 && !(out->total > 0))
		r = err_set(e, ENODATA,
			    "no sample of the kernel's is in it: neither 'perf script' nor 'perf "
			    "report --stdio' wrote it, or the kernel was left out (perf record -e "
			    "cycles:k, or as root)");
	if (r < 0)
		weight_free(out);
	return r;
}

int weight_read(const char *path, struct weight *out, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = file_read(path, PROFILE_BYTES_MAX, &text, e);

	*out = (struct weight){ 0 };
	if (r < 0)
		return r;
	r = weight_parse(buf_str(&text), text.len, out, e);
	return r < 0 ? err_wrap(e, "%s", path) : 0;
}

struct weight_share weight_of(const struct weight *w, const struct comparison *c)
{
	struct weight_share out = { 0 };
	double sum = 0;

	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];
		const char *const names[] = { f->name, f->renamed_from };
		bool found = false;

		if (f->name[0] == '[' ||
		    fabs(f->new_insns - f->old_insns) < CHANGED * fabs(c->metrics[0].old_one.value))
			continue;
		for (unsigned k = 0; k < 2; k++) {
			uint32_t n = names[k] ? intern_find(&w->names, names[k]) : INTERN_NONE;

			if (n == INTERN_NONE)
				continue;
			sum += w->of[n];
			found = true;
		}
		out.changed++;
		out.found += found;
	}
	out.share = w->total > 0 ? sum / w->total : 0;
	return out;
}
