// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A build's stamp is "build:HASH" of all that decides what comes out: the commit, what was
 * reverted, the config that was asked for, the compiler, and RECIPE, which counts changes of how
 * make is called. A kernel of the same spec and stamp is the same.
 */
#include "kernel/build/build.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "kernel/build/checkout.h"
#include "kernel/build/objects.h"
#include "kernel/store/configure.h"
#include "kernel/store/handle.h"
#include "kernel/store/import.h"
#include "kernel/store/toolchain.h"

#include <errno.h>
#include <string.h>

#define RECIPE "1"
#define KEY_LEN 16

/* What one build knows of itself before it begins. */
struct plan {
	struct git_tree tree;
	struct git_commit commit, revert; /* revert.id: NULL if nothing is */
	struct build_config config;
	struct toolchain tools;
	char *spec, *stamp;
	struct hash_hex obj_key; /* of config and compiler */
};

static void plan_free(struct plan *p)
{
	git_close(&p->tree);
	git_commit_free(&p->commit);
	git_commit_free(&p->revert);
	build_config_free(&p->config);
	toolchain_free(&p->tools);
	free(p->spec);
	free(p->stamp);
}

static char *spec_of(const struct git_tree *t, const char *commit, const char *revert)
{
	return str_printf("git:%s@%s%s%s", t->dir, commit, revert ? "-" : "", revert ? revert : "");
}

static int set_keys(struct plan *p, struct err *e)
{
	_cleanup_free_ char *how =
		str_printf("%s\n%s\n%s\n%s\n", RECIPE, p->config.given ? "given" : "minimal",
			   p->config.sha.text, p->tools.version);
	_cleanup_free_ char *what = NULL;

	if (!how)
		return err_oom(e);
	p->obj_key = hash_bytes(how, strlen(how));
	what = str_printf("%s%s\n%s\n", how, p->commit.id, p->revert.id ? p->revert.id : "");
	p->stamp = what ? str_printf("build:%s", hash_bytes(what, strlen(what)).text) : NULL;
	p->spec = spec_of(&p->tree, p->commit.id, p->revert.id);
	return p->stamp && p->spec ? 0 : err_oom(e);
}

/* Is there a kernel's source in that commit? */
static int check_kernel(const struct plan *p, struct err *e)
{
	static const char *const parts[] = { "Makefile", "Kconfig", "arch/x86" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!git_has(&p->tree, p->commit.id, parts[i]))
			return err_set(e, EINVAL,
				       "%s at %.*s is not a kernel's source: it has no %s",
				       p->tree.dir, GIT_SHORT, p->commit.id, parts[i]);
	}
	return 0;
}

static int make_plan(const struct kernel_store *st, const struct build_request *q, struct plan *p,
		     struct err *e)
{
	int r = git_open(q->dir, &p->tree, e);

	if (r == 0)
		r = git_find_commit(&p->tree, q->rev, &p->commit, e);
	if (r == 0 && q->revert)
		r = git_find_commit(&p->tree, q->revert, &p->revert, e);
	if (r == 0)
		r = build_config_read(st->config, &p->config, e);
	if (r == 0)
		r = toolchain_find(st->compiler, &p->tools, e);
	return r == 0 ? set_keys(p, e) : r;
}

/* The last one in the store with this spec, and with this stamp if that is not NULL. */
static int find(struct kernel_store *st, const char *spec, const char *stamp, struct kernel **out,
		struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	int r = kernel_list(st, &list, e);

	for (size_t i = list.count; r == 0 && !*out && i-- > 0;) {
		const struct kernel *k = list.items[i];

		if (!strcmp(k->spec, spec) && (!stamp || (k->stamp && !strcmp(k->stamp, stamp))))
			*out = steal(&list.items[i]);
	}
	return r;
}

/* Those that were built before subjects were kept have none in the store. */
static int set_subject(struct kernel *k, const struct git_commit *commit, struct err *e)
{
	const char *subject = commit->subject ? commit->subject : "";

	free(k->subject);
	k->subject = *subject ? strdup(subject) : NULL;
	return k->subject || !*subject ? 0 : err_oom(e);
}

int build_stored(struct kernel_store *st, const char *dir, const char *rev, struct kernel **out,
		 struct err *e)
{
	_cleanup_git_commit_ struct git_commit commit = { 0 };
	_cleanup_git_ struct git_tree tree = { 0 };
	_cleanup_free_ char *spec = NULL;
	int r = git_open(dir, &tree, e);

	if (r == 0)
		r = git_find_commit(&tree, rev, &commit, e);
	if (r < 0)
		return r;
	spec = spec_of(&tree, commit.id, NULL);
	r = spec ? find(st, spec, NULL, out, e) : err_oom(e);
	return r == 0 && *out ? set_subject(*out, &commit, e) : r;
}

/* Begins the log anew. */
static int open_log(const struct plan *p, const struct checkout *c, char **log, struct err *e)
{
	_cleanup_free_ char *dir = str_printf("%s/log", c->root);
	_cleanup_free_ char *head =
		str_printf("%s (\"%s\")\n%s%s%s", p->spec, p->commit.subject, p->tools.version,
			   p->tools.ccache ? ", ccache" : "", "\n");
	int r = dir && head ? dir_make(dir, e) : err_oom(e);

	if (r < 0)
		return r;
	*log = str_printf("%s/%.*s%s%.*s-%.*s.log", dir, GIT_SHORT, p->commit.id,
			  p->revert.id ? "-" : "", p->revert.id ? GIT_SHORT : 0,
			  p->revert.id ? p->revert.id : "", 8, p->obj_key.text);
	return *log ? file_write(*log, head, strlen(head), e) : err_oom(e);
}

/* QEMU can boot such a vmlinux by itself; a bzImage takes longer to make. */
static bool has_pvh(const char *config)
{
	static const char line[] = "\nCONFIG_PVH=y\n";

	return strstr(config, line) || !strncmp(config, line + 1, strlen(line + 1));
}

static int run_make(const struct make *m, const struct build_config *config,
		    const struct notes *notes, struct err *e)
{
	_cleanup_free_ char *dot_config = str_printf("%s/.config", m->obj);
	_cleanup_buf_ struct buf made = { 0 };
	const char *target;
	int r = configure(m, config, notes, e);

	if (r == 0 && !dot_config)
		r = err_oom(e);
	if (r == 0)
		r = file_read(dot_config, 16U << 20, &made, e);
	if (r == 0) {
		target = has_pvh(buf_str(&made)) ? "vmlinux" : "bzImage";
		r = make_run(m, NULL, (const char *[]){ target, NULL }, e);
	}
	return r > 0 ? make_explain(m, e) : r;
}

/* From the finished object folder into the store. */
static int keep(struct kernel_store *st, const struct plan *p, const char *obj, struct kernel **out,
		struct err *e)
{
	_cleanup_kernel_ struct kernel *k = calloc(1, sizeof(*k));
	_cleanup_staging_ struct staging w = STAGING_NONE;
	int r = k ? staging_open(st->kernels, &w, e) : err_oom(e);

	if (r == 0)
		r = import_path(obj, NULL, &w, k, e);
	if (r < 0)
		return r;
	k->spec = strdup(p->spec);
	k->stamp = strdup(p->stamp);
	r = k->spec && k->stamp ? set_subject(k, &p->commit, e) : err_oom(e);
	return r == 0 ? store_publish(st, &w, k, out, e) : r;
}

/* From now on its log tells how far it has come. */
static void tell_build(const struct kernel_store *st, const struct plan *p, const struct make *m)
{
	char what[64];
	const struct kernel_watch w = { .kind = KERNEL_WATCH_OBJECTS,
					.what = what,
					.path = m->log,
					.about =
						objects_expected(m->log, m->obj, p->config.given) };

	snprintf(what, sizeof(what), "building %.*s", GIT_SHORT, p->commit.id);
	store_watch(st, &w);
}

static int build_in(struct kernel_store *st, const struct plan *p, const struct checkout *c,
		    const struct notes *notes, struct kernel **out, struct err *e)
{
	_cleanup_free_ char *obj = str_printf("%s/obj-%.*s", c->root, KEY_LEN, p->obj_key.text);
	_cleanup_free_ char *log = NULL;
	const uint64_t start_ns = clock_ns();
	struct make m = { .tools = &p->tools,
			  .src = c->src,
			  .obj = obj,
			  .cache = st->cache,
			  .lock = c->lock,
			  .cancel = st->cancel };
	int r = obj ? dir_make(obj, e) : err_oom(e);

	if (r == 0)
		r = open_log(p, c, &log, e);
	if (r < 0)
		return r;
	m.log = log;
	tell_build(st, p, &m);
	note(notes, "building %.*s (\"%s\")%s%.*s; log: %s", GIT_SHORT, p->commit.id,
	     p->commit.subject, p->revert.id ? " without " : "", p->revert.id ? GIT_SHORT : 0,
	     p->revert.id ? p->revert.id : "", log);
	r = checkout_switch(c, p->commit.id, e);
	if (r == 0 && p->revert.id) {
		r = checkout_revert(c, p->revert.id, e);
		if (r == -ESTALE)
			e->status = ERR_UNMEASURED;
	}
	if (r == 0)
		r = run_make(&m, &p->config, notes, e);
	store_watch(st, NULL);
	if (r == 0)
		r = keep(st, p, obj, out, e);
	if (r == 0)
		note(notes, "built in %.0f s", (double)(clock_ns() - start_ns) / 1e9);
	return r;
}

static int build(struct kernel_store *st, const struct plan *p, const struct notes *notes,
		 struct kernel **out, bool *built, struct err *e)
{
	_cleanup_checkout_ struct checkout c = CHECKOUT_NONE;
	int r = check_kernel(p, e);

	if (r == 0 && git_is_dirty(&p->tree))
		note(notes,
		     "%s has changes that are in no commit; they stay where they are, and are "
		     "not in what is built",
		     p->tree.dir);
	if (r == 0)
		r = checkout_open(st->cache, &p->tree, notes, &c, e);
	/* Somebody else may have built it while we waited. */
	if (r == 0)
		r = find(st, p->spec, p->stamp, out, e);
	if (r < 0 || *out)
		return r;
	r = build_in(st, p, &c, notes, out, e);
	if (r == 0 && built)
		*built = true;
	return r;
}

int build_kernel(struct kernel_store *st, const struct build_request *q, kernel_note_fn fn,
		 void *arg, struct kernel **out, bool *built, struct err *e)
{
	const struct notes notes = { fn, arg };
	_cleanup_(plan_free) struct plan p = { 0 };
	int r = make_plan(st, q, &p, e);

	*out = NULL;
	if (built)
		*built = false;
	if (r == 0)
		r = find(st, p.spec, p.stamp, out, e);
	if (r == 0 && !*out)
		r = build(st, &p, &notes, out, built, e);
	if (r == 0)
		r = set_subject(*out, &p.commit, e);
	return r < 0 && p.commit.id ? err_wrap(e, "commit %.*s", GIT_SHORT, p.commit.id) : r;
}
