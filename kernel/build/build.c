// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/build/build.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "kernel/build/checkout.h"
#include "kernel/build/objects.h"
#include "kernel/build/plan.h"
#include "kernel/store/handle.h"
#include "kernel/store/import.h"

#include <errno.h>
#include <string.h>

#define KEY_LEN 16

/* Whether the store's spec is @spec, by whatever config. */
static bool is_of(const char *have, const char *spec)
{
	size_t len = strlen(spec);

	return !strncmp(have, spec, len) && (!have[len] || have[len] == '#');
}

/* The last one in the store that is of this spec; *out is NULL if there is none. */
static int find_spec(struct kernel_store *st, const char *spec, struct kernel **out, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	int r = kernel_list(st, &list, e);

	for (size_t i = list.count; r == 0 && !*out && i-- > 0;) {
		if (is_of(list.items[i]->spec, spec))
			*out = steal(&list.items[i]);
	}
	return r;
}

/* A kernel of other files' spec is one of this spec's too, from now on. */
static int add_spec(struct kernel_store *st, const struct build_plan *p, struct kernel *k,
		    struct err *e)
{
	char now[28];

	clock_utc(now);
	free(k->spec);
	free(k->name);
	free(k->subject);
	free(k->added);
	k->name = NULL;
	k->spec = strdup(p->spec);
	k->subject = strdup(p->commit.subject ? p->commit.subject : "");
	k->added = strdup(now);
	if (!k->spec || !k->subject || !k->added)
		return err_oom(e);
	/* A store that cannot be written serves without. */
	store_update(st, k, NULL);
	return 0;
}

/* What was built of these files in this way, under this spec if there is such. */
static int find(struct kernel_store *st, const struct build_plan *p, struct kernel **out,
		struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	int r = kernel_list(st, &list, e);
	struct kernel **hit = NULL;

	for (size_t i = list.count; r == 0 && i-- > 0;) {
		struct kernel *k = list.items[i];

		if (!k->stamp || strcmp(k->stamp, p->stamp) != 0)
			continue;
		if (!hit || !strcmp(k->spec, p->spec))
			hit = &list.items[i];
		if (!strcmp(k->spec, p->spec))
			break;
	}
	if (!hit)
		return r;
	*out = steal(hit);
	return strcmp((*out)->spec, p->spec) != 0 ? add_spec(st, p, *out, e) : 0;
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
	const struct build_request q = { .dir = dir, .rev = rev };
	_cleanup_build_plan_ struct build_plan p = { 0 };
	_cleanup_free_ char *spec = NULL;
	int r = build_plan_files(st, &q, &p, e);

	if (r < 0)
		return r;
	spec = kernel_commit_spec(p.tree.dir, &p.what);
	r = spec ? find_spec(st, spec, out, e) : err_oom(e);
	return r == 0 && *out ? set_subject(*out, &p.commit, e) : r;
}

/* Is there a kernel's source in that commit? */
static int check_kernel(const struct build_plan *p, struct err *e)
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

/* Begins the log anew. */
static int open_log(const struct build_plan *p, const struct checkout *c, char **log, struct err *e)
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
static int keep(struct kernel_store *st, const struct build_plan *p, const char *obj,
		struct kernel **out, struct err *e)
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
static void tell_build(const struct kernel_store *st, const struct build_plan *p,
		       const struct make *m)
{
	char what[64];
	const struct kernel_watch w = {
		.kind = KERNEL_WATCH_OBJECTS,
		.what = what,
		.path = m->log,
		.about = objects_expected(m->log, m->obj, p->config->kind != CONFIG_MINIMAL),
	};

	snprintf(what, sizeof(what), "building %.*s", GIT_SHORT, p->commit.id);
	store_watch(st, &w);
}

static int build_in(struct kernel_store *st, const struct build_plan *p, const struct checkout *c,
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
	note(notes, "building %s; log: %s", build_plan_title(p).text, log);
	r = p->what.tree[0] ? checkout_switch_tree(c, p->files, e)
			    : checkout_switch(c, p->commit.id, e);
	if (r == 0 && p->revert.id) {
		r = checkout_revert(c, p->revert.id, e);
		if (r == -ESTALE)
			e->status = ERR_UNMEASURED;
	}
	if (r == 0)
		r = run_make(&m, p->config, notes, e);
	store_watch(st, NULL);
	if (r == 0)
		r = keep(st, p, obj, out, e);
	if (r == 0)
		note(notes, "built in %.0f s", (double)(clock_ns() - start_ns) / 1e9);
	return r;
}

static int build(struct kernel_store *st, const struct build_plan *p, bool by_revision,
		 const struct notes *notes, struct kernel **out, bool *built, struct err *e)
{
	_cleanup_checkout_ struct checkout c = CHECKOUT_NONE;
	int r = check_kernel(p, e);

	if (r == 0 && by_revision && git_is_dirty(&p->tree))
		note(notes,
		     "%s has changes that are in no commit; they are not in %.*s, and stay where "
		     "they are ('git:%s' is the tree with them)",
		     p->tree.dir, GIT_SHORT, p->commit.id, p->tree.dir);
	if (r == 0)
		r = checkout_open(st->cache, &p->tree, notes, &c, e);
	/* Somebody else may have built it while we waited. */
	if (r == 0)
		r = find(st, p, out, e);
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
	_cleanup_build_plan_ struct build_plan p = { 0 };
	int r = build_plan_make(st, q, &p, e);

	*out = NULL;
	if (built)
		*built = false;
	if (r == 0)
		r = find(st, &p, out, e);
	if (r == 0 && !*out)
		r = build(st, &p, q->rev && !p.what.tree[0], &notes, out, built, e);
	if (r == 0)
		r = set_subject(*out, &p.commit, e);
	return r < 0 && p.commit.id ? err_wrap(e, "commit %.*s", GIT_SHORT, p.commit.id) : r;
}

int build_pin(struct kernel_store *st, const char *dir, const char *rev, char **spec,
	      struct git_commit *commit, struct err *e)
{
	const struct build_request q = { .dir = dir, .rev = rev };
	_cleanup_build_plan_ struct build_plan p = { 0 };
	int r = build_plan_files(st, &q, &p, e);

	if (r < 0)
		return r;
	*spec = kernel_commit_spec(p.tree.dir, &p.what);
	if (!*spec)
		return err_oom(e);
	if (commit) {
		*commit = p.commit;
		p.commit = (struct git_commit){ 0 };
	}
	return 0;
}
