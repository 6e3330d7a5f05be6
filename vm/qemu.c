// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/qemu.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char program[] = "qemu-system-x86_64";

void qemu_free(struct qemu *q)
{
	free(q->path);
	free(q->version);
	free(q->identity);
	*q = (struct qemu){ 0 };
}

static int find_path(struct qemu *q, struct err *e)
{
	const char *wish = getenv("SLOWPATH_QEMU");

	_cleanup_free_ char *found = proc_find(wish && wish[0] ? wish : program);

	/* It is started in another folder. */
	if (found) {
		q->path = file_absolute(found);
		return q->path ? 0 : err_oom(e);
	}
	if (wish && wish[0])
		return err_set(e, ENOENT, "SLOWPATH_QEMU=%s cannot be run", wish);
	return err_set(e, ENOENT,
		       "%s is not in PATH: install qemu-system-x86, or set SLOWPATH_QEMU", program);
}

/* "QEMU emulator version 7.2.22 (Debian ...)\nCopyright ..." */
static int parse_version(struct qemu *q, const char *text, struct err *e)
{
	static const char lead[] = "QEMU emulator version ";
	const char *at = strstr(text, lead);

	if (!at || sscanf(at + strlen(lead), "%u.%u", &q->major, &q->minor) != 2)
		return err_set(e, EINVAL, "%s --version does not answer like QEMU: '%.60s'",
			       q->path, text);
	at += strlen(lead);
	q->version = strndup(at, strcspn(at, "\n"));
	return q->version ? 0 : err_oom(e);
}

/* See plugin/api.h. */
static int choose_plugin(struct qemu *q, struct err *e)
{
	if (q->major < 7 || (q->major == 7 && q->minor < 2))
		return err_set(e, ENOTSUP,
			       "QEMU %s is too old: 7.2 or newer is needed (Debian 12 has it)",
			       q->version);
	if (q->major < 9)
		q->plugin_api = 1;
	else if (q->major == 9 && q->minor == 0)
		q->plugin_api = 2;
	else
		q->plugin_api = 3;
	return 0;
}

static int identify(struct qemu *q, struct err *e)
{
	struct stat st;

	if (stat(q->path, &st) < 0)
		return err_errno(e, errno, "%s", q->path);
	q->identity = str_printf("%s size %lld time %lld.%09ld", q->version, (long long)st.st_size,
				 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	return q->identity ? 0 : err_oom(e);
}

int qemu_find(struct qemu *out, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct proc_opts o = { .fd_out = -1, .fd_err = -1 };
	const char *argv[] = { NULL, "--version", NULL };
	int r;

	*out = (struct qemu){ 0 };
	r = find_path(out, e);
	if (r < 0)
		return r;
	argv[0] = out->path;
	o.argv = argv;
	r = proc_capture(&o, 65536, &text, NULL, e);
	if (r > 0)
		r = err_set(e, EIO, "%s --version ended with status %d", out->path, r);
	if (r == 0)
		r = parse_version(out, buf_str(&text), e);
	if (r == 0)
		r = choose_plugin(out, e);
	if (r == 0)
		r = identify(out, e);
	if (r < 0)
		qemu_free(out);
	return r;
}
