// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/terminal/terminal.h"
#include "drive/session/database.h"
#include "cmd/kept/evidence.h"

#include "base/file.h"
#include "base/hash.h"
#include "drive/session/home.h"
#include "kernel/store/store.h"
#include "report/bundle/redact.h"
#include "report/words/plain.h"
#include "store/load.h"
#include "store/resolve.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define CONFIG_BYTES_MAX (4u << 20)

static bool has_config(const struct record *r, const char *sha256)
{
	for (size_t i = 0; i < r->n_configs; i++) {
		if (!strcmp(r->configs[i].name, sha256))
			return true;
	}
	return false;
}

/* A kernel that is gone, or another config than the run had, is no error: the hash stays. */
static int add_config(struct kernel_store *kernels, const struct record_run *run, struct record *r,
		      struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf text = { 0 };

	if (!run->config_sha256 || has_config(r, run->config_sha256) ||
	    kernel_find(kernels, run->vmlinux_sha256, &k, NULL) < 0 || !k->config_path ||
	    file_read(k->config_path, CONFIG_BYTES_MAX, &text, NULL) < 0 ||
	    strcmp(hash_bytes(buf_str(&text), text.len).text, run->config_sha256) != 0)
		return 0;
	return record_add_config(r, run->config_sha256, buf_str(&text), e);
}

static char *user_name(uid_t uid)
{
	const struct passwd *p = getpwuid(uid);

	return p ? strdup(p->pw_name) : NULL;
}

/* Names of this machine, of who uses it, and of whose experiments these are. */
static int redact(const char *data_dir, struct record *r, struct err *e)
{
	_cleanup_free_ char *runner = user_name(getuid());
	_cleanup_free_ char *owner = NULL;
	struct redact_words w = { 0 };
	struct utsname u;
	char shorter[sizeof(u.nodename)];
	struct stat st;

	if (uname(&u) == 0) {
		snprintf(shorter, sizeof(shorter), "%.*s", (int)strcspn(u.nodename, "."),
			 u.nodename);
		w.hosts[w.n_hosts++] = u.nodename;
		w.hosts[w.n_hosts++] = shorter;
	}
	if (stat(data_dir, &st) == 0)
		owner = user_name(st.st_uid);
	w.users[w.n_users++] = runner;
	w.users[w.n_users++] = owner;
	return redact_record(&w, r, e);
}

static int load(const struct home *home, const char *word, struct record *out, struct err *e)
{
	_cleanup_free_ char *id = NULL;
	_cleanup_(store_close_p) struct store *store = NULL;
	_cleanup_kernel_store_ struct kernel_store *kernels = NULL;
	int r = database_of_home(home, terminal_teller(), &store, e);

	if (r == 0)
		r = store_resolve(store, word, &id, e);
	if (r == 0)
		r = store_load(store, id, LOAD_ALL, out, e);
	if (r == 0 && !out->n_runs)
		r = err_set(e, EINVAL, "experiment '%s' has no runs", id);
	if (r == 0)
		r = kernel_store_open(home->data, home->cache, &kernels, e);
	for (size_t i = 0; r == 0 && i < out->n_runs; i++)
		r = add_config(kernels, &out->runs[i], out, e);
	return r;
}

static int load_one(const struct cmd_ctx *ctx, const char *id, bool keep_host, struct record *out,
		    struct err *e)
{
	_cleanup_home_ struct home home = { 0 };
	int r = home_open(ctx->home_arg, &home, e);

	if (r == 0)
		r = load(&home, id, out, e);
	return r == 0 && !keep_host ? redact(home.data, out, e) : r;
}

int evidence_load(const struct cmd_ctx *ctx, const char *id, const struct opt_list *with,
		  bool keep_host, struct evidence_set *out, struct err *e)
{
	int r = 0;

	if (with->count > EVIDENCE_WITH_MAX)
		return err_set(e, E2BIG, "--with: %d at most", EVIDENCE_WITH_MAX);
	r = load_one(ctx, id, keep_host, &out->records[0], e);
	for (size_t i = 0; r == 0 && i < with->count; i++)
		r = load_one(ctx, with->items[i], keep_host, &out->records[i + 1], e);
	return r;
}
