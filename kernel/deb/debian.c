// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A spec that names one build, and whose build is in the store, needs nothing else. Any other
 * needs the index: of a day's age if a newer version could answer to the spec ("6.17"), of an
 * hour's before we say that something does not exist. Without any index the store answers alone.
 */
#include "kernel/deb/debian.h"

#include "base/buf.h"
#include "kernel/deb/apt.h"
#include "kernel/image/banner.h"
#include "kernel/deb/choose.h"
#include "kernel/deb/fetch.h"
#include "kernel/name/vercmp.h"

#include <errno.h>
#include <string.h>

#define DAY 86400.0
#define HOUR 3600.0
#define ANY_AGE 1e17

int debian_index(struct kernel_store *st, const struct arch *arch, double max_age,
		 const struct notes *notes, struct index *out, struct err *e)
{
	const struct apt_root *root = store_apt(st, arch);
	_cleanup_free_ char *warning = NULL;
	struct err why = { 0 };
	int r = index_load(root, out, NULL);

	if (r == 0 && out->age < max_age)
		return 0;
	index_free(out);
	note(notes, "reading Debian's package lists");
	r = index_refresh(root, max_age, out, &warning, &why);
	if (r == 0 && warning)
		note(notes, "some package lists could not be read: %s", warning);
	if (r == 0)
		return 0;
	if (index_load(root, out, NULL) < 0)
		return err_set(e, -r, "%s", why.text);
	note(notes, "package lists are %.0f hours old, and cannot be renewed: %s", out->age / HOUR,
	     why.text);
	return 0;
}

/* Whether the stored kernel @k is one that @s covers. */
static bool stored_fits(const struct kernel *k, const struct spec *s)
{
	_cleanup_spec_ struct spec own = { 0 };

	if (!k->package_version || spec_parse(k->spec, &own, NULL) < 0 || own.kind != SPEC_DEBIAN ||
	    strcmp(own.flavour, s->flavour) != 0)
		return false;
	if (s->literal)
		return !strcmp(own.version, s->version) || !strcmp(k->package_version, s->version);
	return spec_number_matches(s->number, k->package_version) ||
	       spec_number_matches(s->number, own.version);
}

/* Negative if @a is the worse answer. */
static int compare_stored(const struct kernel *a, const struct kernel *b, const char *peer)
{
	int r = vercmp(a->package_version, b->package_version);

	if (!peer || !strcmp(a->package_version, b->package_version))
		return r;
	return compiler_same_major(a->compiler, peer) - compiler_same_major(b->compiler, peer);
}

int debian_stored(struct kernel_store *st, const struct spec *s, const char *peer,
		  struct kernel **out, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	struct kernel **best = NULL;
	int r = kernel_list(st, &list, e);

	for (size_t i = 0; r == 0 && i < list.count; i++) {
		if (stored_fits(list.items[i], s) &&
		    (!best || compare_stored(*best, list.items[i], peer) < 0))
			best = &list.items[i];
	}
	if (best)
		*out = steal(best);
	return r;
}

static bool names_one_version(const struct spec *s)
{
	const char *dot = strchr(s->number, '.');

	return s->literal || (dot && strchr(dot + 1, '.'));
}

static int not_found(const struct index *x, const struct spec *s, struct err *e)
{
	_cleanup_buf_ struct buf near = { 0 };

	if (choose_nearest(x, s, &near) < 0)
		return err_oom(e);
	return err_set(e, ENOENT, "not in any suite; %s", buf_str(&near));
}

/* A pair of two compilers says little: tell which build would make a fair one. */
static void advise(const struct index *x, const struct spec *s, const struct build *b,
		   const char *peer, const struct notes *notes)
{
	_cleanup_free_ char *major = compiler_major(peer);
	const struct build *fair;

	if (!major || !b->compiler || compiler_same_major(b->compiler, peer))
		return;
	fair = choose_alternative(x, s, peer);
	note(notes, "debian:%s is built by %s, the other side by %s%s%s", b->abi, b->compiler,
	     major, fair ? "; of that compiler there is debian:" : "", fair ? fair->abi : "");
}

/* Answers from the index @x; -EAGAIN if a newer index could answer otherwise. */
static int from_index(struct kernel_store *st, const struct index *x, const struct spec *s,
		      const char *peer, const struct notes *notes, struct kernel **out,
		      struct err *e)
{
	_cleanup_choices_ struct choices choices = { 0 };
	const struct build *b;
	int r;

	if (choose(x, s, &choices) < 0)
		return err_oom(e);
	b = choose_one(&choices, peer);
	if (!b) {
		/* It may have been there once. */
		r = debian_stored(st, s, peer, out, e);
		if (r < 0 || *out)
			return r;
		r = not_found(x, s, e);
		return x->age > HOUR ? -EAGAIN : r;
	}
	advise(x, s, b, peer, notes);
	r = fetch_build(st, x, b, notes, out, e);
	return r < 0 && x->age > HOUR ? -EAGAIN : r;
}

static int resolve(struct kernel_store *st, const struct spec *s, const char *peer,
		   const struct notes *notes, struct kernel **out, struct err *e)
{
	_cleanup_index_ struct index x = { 0 };
	double max_age = names_one_version(s) ? ANY_AGE : DAY;
	int r = 0;

	if (s->literal)
		r = debian_stored(st, s, peer, out, e);
	if (r < 0 || *out)
		return r;
	r = debian_index(st, s->arch, max_age, notes, &x, e);
	if (r < 0) {
		struct err why = *e;

		r = debian_stored(st, s, peer, out, e);
		if (*out)
			note(notes, "using %s of the store: %s", (*out)->spec, why.text);
		else if (r == 0)
			r = err_set(e, -why.code, "%s", why.text);
		return r;
	}
	r = from_index(st, &x, s, peer, notes, out, e);
	if (r != -EAGAIN)
		return r;
	index_free(&x);
	r = debian_index(st, s->arch, HOUR, notes, &x, e);
	if (r == 0) {
		x.age = 0; /* as new as it can be had */
		r = from_index(st, &x, s, peer, notes, out, e);
	}
	return r;
}

int debian_resolve(struct kernel_store *st, const struct spec *spec, const char *peer_compiler,
		   const struct notes *notes, struct kernel **out, struct err *e)
{
	struct err why = { 0 };
	int r;

	*out = NULL;
	r = resolve(st, spec, peer_compiler, notes, out, &why);
	return r < 0 ? err_set(e, -r, "%s", why.text) : 0;
}

char *debian_common_compiler(struct kernel_store *st, const struct spec *a, const struct spec *b,
			     const struct notes *notes)
{
	_cleanup_choices_ struct choices of_a = { 0 }, of_b = { 0 };
	_cleanup_index_ struct index x = { 0 };
	bool fixed = names_one_version(a) && names_one_version(b);
	const char *compiler = NULL;

	if (a->literal && b->literal)
		return NULL;
	if (a->arch != b->arch ||
	    debian_index(st, a->arch, fixed ? ANY_AGE : DAY, notes, &x, NULL) < 0)
		return NULL;
	if (choose(&x, a, &of_a) == 0 && choose(&x, b, &of_b) == 0)
		compiler = choose_compiler(&of_a, &of_b);
	return compiler ? strdup(compiler) : NULL;
}
