// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/deb/series.h"

#include "base/buf.h"
#include "kernel/name/spec.h"
#include "kernel/name/vercmp.h"
#include "kernel/store/handle.h"

#include <errno.h>
#include <string.h>

void series_range_free(struct series_range *r)
{
	free(r->from);
	free(r->to);
	free(r->flavour);
	*r = (struct series_range){ 0 };
}

void series_specs_free(struct series_specs *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->items[i]);
	free(s->items);
	*s = (struct series_specs){ 0 };
}

bool series_is_range(const char *text)
{
	return !strncmp(text, "debian:", 7) && strstr(text, "..");
}

size_t series_length(const char *version)
{
	size_t len = strspn(version, "0123456789");

	if (version[len] == '.')
		len += 1 + strspn(version + len + 1, "0123456789");
	return len;
}

static bool same_series(const char *a, const char *b)
{
	size_t len = series_length(a);

	return len == series_length(b) && !strncmp(a, b, len);
}

static int compare_series(const char *a, const char *b)
{
	char x[32], y[32];

	snprintf(x, sizeof(x), "%.*s", (int)series_length(a), a);
	snprintf(y, sizeof(y), "%.*s", (int)series_length(b), b);
	return vercmp(x, y);
}

/* One end: "6.12", and its flavour if it has one. */
static int parse_end(const char *text, const char *whole, const struct arch *arch, struct spec *out,
		     struct err *e)
{
	_cleanup_free_ char *spec = str_printf("debian:%s", text), *meant = NULL;
	int r = spec ? spec_for_arch(spec, arch, &meant, e) : err_oom(e);

	if (r == 0)
		r = spec_parse(meant ? meant : spec, out, e);
	return r < 0 ? err_wrap(e, "range '%s'", whole) : 0;
}

static int check_order(const char *text, const struct series_range *r, struct err *e)
{
	int series = compare_series(r->from, r->to);
	/* 6.17.13..6.17 goes to the newest 6.17, which is at least that. */
	bool whole = !strcmp(r->from, r->to) || strlen(r->from) == series_length(r->from) ||
		     strlen(r->to) == series_length(r->to);

	if (series > 0 || (series == 0 && !whole && vercmp(r->from, r->to) > 0))
		return err_set(e, EINVAL,
			       "range '%s': %s is newer than %s; the older one comes first", text,
			       r->from, r->to);
	return 0;
}

int series_parse(const char *text, const struct arch *arch, struct series_range *out, struct err *e)
{
	_cleanup_spec_ struct spec from = { 0 }, to = { 0 };
	const char *dots = strstr(text, "..");
	_cleanup_free_ char *first = NULL;
	int r;

	*out = (struct series_range){ 0 };
	if (!dots)
		return err_set(e, EINVAL, "'%s' is not a range such as debian:6.12..7.3", text);
	first = strndup(text + 7, (size_t)(dots - text - 7));
	if (!first)
		return err_oom(e);
	r = parse_end(first, text, arch, &from, e);
	if (r == 0)
		r = parse_end(dots + 2, text, arch, &to, e);
	if (r == 0 && strchr(first, '-') && !from.literal && strcmp(from.flavour, to.flavour) != 0)
		r = err_set(e, EINVAL, "range '%s': both ends are of one flavour", text);
	if (r < 0)
		return r;
	out->from = steal(&from.version);
	out->to = steal(&to.version);
	out->flavour = steal(&to.flavour);
	return check_order(text, out, e);
}

/* "6.17.13+deb13" of "debian:6.17.13+deb13-cloud-amd64", by length. */
static bool is_version(const struct kernel_offer *o, const char *version)
{
	const char *abi = o->spec + strlen("debian:");
	size_t len = strlen(abi) - strlen(o->flavour) - 1, number;

	if (!strcmp(o->version, version) || (strlen(version) == len && !strncmp(abi, version, len)))
		return true;
	return spec_version_length(version, &number) == number && number == strlen(version) &&
	       spec_number_matches(version, o->version);
}

/* Which of the offers are in the range: those of its flavour, between its ends. */
static bool covers(const struct series_range *r, const struct kernel_offer *o)
{
	if (strcmp(o->flavour, r->flavour) != 0)
		return false;
	if (is_version(o, r->from) || is_version(o, r->to))
		return true;
	if (compare_series(r->from, r->to) == 0)
		return same_series(o->version, r->from) && vercmp(o->version, r->from) > 0 &&
		       vercmp(o->version, r->to) < 0;
	return compare_series(r->from, o->version) < 0 && compare_series(o->version, r->to) < 0;
}

/* In one series, every version is a place of its own; else every series is. */
static bool same_place(const struct series_range *r, const struct kernel_offer *a,
		       const struct kernel_offer *b)
{
	char x[64], y[64];

	if (compare_series(r->from, r->to) != 0)
		return same_series(a->version, b->version);
	snprintf(x, sizeof(x), "%.*s", (int)strcspn(a->version, "-+~"), a->version);
	snprintf(y, sizeof(y), "%.*s", (int)strcspn(b->version, "-+~"), b->version);
	return !strcmp(x, y);
}

struct pick {
	const struct kernel_offer **in; /* the range's, ascending */
	size_t count;
};

/* In how many places there is a build by that compiler. */
static size_t places_with(const struct pick *p, const struct series_range *r, const char *compiler)
{
	const struct kernel_offer *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (!p->in[i]->compiler || strcmp(p->in[i]->compiler, compiler) != 0)
			continue;
		n += !last || !same_place(r, last, p->in[i]);
		last = p->in[i];
	}
	return n;
}

static const char *usual_compiler(const struct pick *p, const struct series_range *r)
{
	const char *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < p->count; i++) {
		size_t n = p->in[i]->compiler ? places_with(p, r, p->in[i]->compiler) : 0;

		/* Of two that are as good, the newer one. */
		if (n && n >= most) {
			most = n;
			best = p->in[i]->compiler;
		}
	}
	return best;
}

static int add(struct series_specs *out, const struct kernel_offer *o, struct err *e)
{
	char **grown = realloc(out->items, (out->count + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	out->items = grown;
	if (!o)
		return 0;
	grown[out->count] = strdup(o->spec);
	return grown[out->count++] ? 0 : err_oom(e);
}

static int pick_places(const struct pick *p, const struct series_range *r, const char *compiler,
		       struct series_specs *out, struct err *e)
{
	for (size_t i = 0, end; i < p->count; i = end) {
		const struct kernel_offer *newest = NULL;
		bool usual = false;
		int rc;

		for (end = i; end < p->count && same_place(r, p->in[i], p->in[end]); end++) {
			bool is_usual = compiler && p->in[end]->compiler &&
					!strcmp(compiler, p->in[end]->compiler);

			if (is_usual || !usual)
				newest = p->in[end];
			usual = usual || is_usual;
		}
		rc = add(out, newest, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_end(const struct pick *p, const char *version, struct err *e)
{
	for (size_t i = 0; i < p->count; i++) {
		if (is_version(p->in[i], version))
			return 0;
	}
	return err_set(e, ENOENT,
		       "there is no debian:%s; 'slowpath kernel search' tells which there are",
		       version);
}

int series_pick(const struct kernel_offers *offers, const struct series_range *range,
		struct series_specs *out, struct err *e)
{
	_cleanup_free_ const struct kernel_offer **in = calloc(offers->count + 1, sizeof(*in));
	struct pick p = { .in = in };
	int r;

	*out = (struct series_specs){ 0 };
	if (!in)
		return err_oom(e);
	for (size_t i = 0; i < offers->count; i++) {
		if (covers(range, &offers->items[i]))
			in[p.count++] = &offers->items[i];
	}
	r = check_end(&p, range->from, e);
	if (r == 0)
		r = check_end(&p, range->to, e);
	if (r == 0)
		r = pick_places(&p, range, usual_compiler(&p, range), out, e);
	if (r == 0 && out->count < 2)
		r = err_set(e, ENOENT, "there is only %s in it", out->items[0]);
	if (r < 0)
		series_specs_free(out);
	return r;
}

/* Asks @search for the builds of the range's flavour, and picks. */
static int expand(const char *text, const struct arch *arch,
		  int (*search)(void *arg, const char *pattern, struct kernel_offers *out,
				struct err *e),
		  void *arg, struct series_specs *out, struct err *e)
{
	_cleanup_kernel_offers_ struct kernel_offers offers = { 0 };
	_cleanup_series_range_ struct series_range range = { 0 };
	_cleanup_free_ char *pattern = NULL;
	int r = series_parse(text, arch, &range, e);

	*out = (struct series_specs){ 0 };
	if (r < 0)
		return r;
	pattern = str_printf("*-%s", range.flavour);
	if (!pattern)
		return err_oom(e);
	r = search(arg, pattern, &offers, e);
	if (r == 0)
		r = series_pick(&offers, &range, out, e);
	return r < 0 ? err_wrap(e, "range '%s'", text) : 0;
}

struct searching {
	struct kernel_store *st;
	kernel_note_fn note;
	void *note_arg;
};

static int search_suites(void *arg, const char *pattern, struct kernel_offers *out, struct err *e)
{
	const struct searching *s = arg;

	return kernel_search(s->st, pattern, s->note, s->note_arg, out, e);
}

static int search_offline(void *arg, const char *pattern, struct kernel_offers *out, struct err *e)
{
	if (kernel_search_offline(arg, pattern, out, e) != -ENOENT)
		return e->code;
	return err_set(e, ENOENT,
		       "there are no package lists yet; 'slowpath kernel search' fetches them");
}

int series_expand(struct kernel_store *st, const char *text, kernel_note_fn fn, void *arg,
		  struct series_specs *out, struct err *e)
{
	struct searching s = { st, fn, arg };

	return expand(text, st->arch, search_suites, &s, out, e);
}

int series_expand_offline(struct kernel_store *st, const char *text, struct series_specs *out,
			  struct err *e)
{
	return expand(text, st->arch, search_offline, st, out, e);
}
