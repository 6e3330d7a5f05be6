// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/completion/complete_words.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "drive/session/home.h"
#include "drive/session/parts.h"
#include "kernel/store/store.h"
#include "kernel/store/title.h"
#include "scenario/library.h"
#include "store/catalog.h"

#include <ctype.h>
#include <string.h>

#define EXPERIMENTS_MAX 100 /* the newest */

/* One line a candidate: a stranger's subject or path has no say in where it ends. */
static void put_plain(const char *text)
{
	for (; *text; text++)
		putchar(iscntrl((unsigned char)*text) ? ' ' : *text);
}

static bool is_plain(const char *text)
{
	while (*text && !iscntrl((unsigned char)*text) && *text != ' ')
		text++;
	return !*text;
}

void complete_offer(const struct completing *c, const char *name, const char *help)
{
	/* What a shell would have to quote is left to be typed. */
	if (strncmp(name, c->begun, strlen(c->begun)) != 0 || !is_plain(name))
		return;
	printf("%.*s%s\t", (int)c->lead_len, c->lead, name);
	put_plain(help ? help : "");
	putchar('\n');
}

static void offer_scenarios(struct completing *c)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	_cleanup_parts_ struct parts parts = { 0 };

	if (parts_find(&parts, NULL) < 0)
		return;
	parts_library(&parts, &l, NULL);
	for (size_t i = 0; i < l.count; i++)
		complete_offer(c, l.items[i]->name, l.items[i]->help);
}

static void offer_stored(struct completing *c, const struct kernel_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct kernel *k = list->items[i];

		if (k->name)
			complete_offer(c, k->name, kernel_title(k).text);
		complete_offer(c, k->spec, kernel_title(k).text);
	}
}

static void offer_debian(struct completing *c, struct kernel_store *st)
{
	_cleanup_kernel_offers_ struct kernel_offers offers = { 0 };
	bool any_flavour = !strncmp(c->begun, "debian:", 7) && strchr(c->begun, '-');

	kernel_search_offline(st, any_flavour ? "*" : NULL, &offers, NULL);
	for (size_t i = 0; i < offers.count; i++) {
		const struct kernel_offer *o = &offers.items[i];
		_cleanup_free_ char *help = str_printf("%s%s%s", o->suite, o->compiler ? ", " : "",
						       o->compiler ? o->compiler : "");

		if (!o->installed)
			complete_offer(c, o->spec, help);
	}
}

static void offer_kernels(struct completing *c)
{
	_cleanup_kernel_store_ struct kernel_store *st = NULL;
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	_cleanup_home_ struct home home = { 0 };

	c->files = true; /* a kernel may be a path */
	if (home_open(c->home_arg, &home, NULL) < 0 ||
	    kernel_store_open(home.data, home.cache, &st, NULL) < 0)
		return;
	kernel_list(st, &list, NULL);
	offer_stored(c, &list);
	offer_debian(c, st);
}

static int offer_id(void *arg, const char *id, struct err *e)
{
	(void)e;
	complete_offer(arg, id, "experiment");
	return 0;
}

static void offer_experiments(struct completing *c)
{
	_cleanup_home_ struct home home = { 0 };

	complete_offer(c, "last", "the newest experiment");
	if (home_open(c->home_arg, &home, NULL) == 0)
		store_each_id(home.data, EXPERIMENTS_MAX, offer_id, c, NULL);
}

static void offer_files(struct completing *c)
{
	c->files = true;
}

/* Bits of completing.offered: OLD and NEW are the same kernels. */
enum kind { SCENARIOS, KERNELS, EXPERIMENTS, FILES, KINDS };

static void (*const offers[KINDS])(struct completing *) = { offer_scenarios, offer_kernels,
							    offer_experiments, offer_files };

static const struct {
	const char *arg;
	enum kind kind;
} words[] = {
	{ "SCENARIO", SCENARIOS }, { "KERNEL", KERNELS }, { "OLD", KERNELS },
	{ "NEW", KERNELS },	   { "SPEC", KERNELS },	  { "ID", EXPERIMENTS },
	{ "DIR", FILES },	   { "FILE", FILES },	  { "PATH", FILES },
	{ "PROFILE", FILES },	   { "FILE.csv", FILES }, { "FILE.db", FILES },
};

static void one_word(struct completing *c, const char *arg, size_t len)
{
	char name[32];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].arg) != len || strncmp(words[i].arg, arg, len) != 0 ||
		    c->offered & 1u << words[i].kind)
			continue;
		c->offered |= 1u << words[i].kind;
		offers[words[i].kind](c);
	}
	if (len >= sizeof(name) || strspn(arg, "abcdefghijklmnopqrstuvwxyz-") < len)
		return; /* not a word to be typed as it stands */
	snprintf(name, sizeof(name), "%.*s", (int)len, arg);
	complete_offer(c, name, NULL);
}

void complete_word(struct completing *c, const char *arg, size_t len)
{
	while (len) {
		size_t one = strcspn(arg, "|");

		one = one < len ? one : len;
		one_word(c, arg, one);
		len -= one;
		arg += one;
		if (len) {
			arg++;
			len--;
		}
	}
}
