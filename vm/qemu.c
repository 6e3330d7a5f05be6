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

void qemu_free(struct qemu *q)
{
	free(q->path);
	free(q->version);
	free(q->identity);
	*q = (struct qemu){ 0 };
}

static int find_path(const struct arch *arch, struct qemu *q, struct err *e)
{
	const char *wish = getenv(arch->qemu_variable);

	_cleanup_free_ char *found = proc_find(wish && wish[0] ? wish : arch->qemu_program);

	/* It is started in another folder. */
	if (found) {
		q->path = file_absolute(found);
		return q->path ? 0 : err_oom(e);
	}
	if (wish && wish[0])
		return err_set(e, ENOENT, "%s=%s cannot be run", arch->qemu_variable, wish);
	return err_set(e, ENOENT, "%s is not in PATH: install %s, or set %s", arch->qemu_program,
		       arch->qemu_package, arch->qemu_variable);
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

bool qemu_at_least(const struct qemu *q, unsigned major, unsigned minor)
{
	return q->major > major || (q->major == major && q->minor >= minor);
}

bool qemu_untried(const struct qemu *q)
{
	return qemu_at_least(q, 11, 2);
}

/* See plugin/api.h. */
static int choose_plugin(struct qemu *q, struct err *e)
{
	if (!qemu_at_least(q, 7, 2))
		return err_set(e, ENOTSUP,
			       "QEMU %s is too old: 7.2 to 11.1 is needed (Debian 12 has 7.2)",
			       q->version);
	q->plugin_api = qemu_at_least(q, 11, 1)	 ? 7
			: qemu_at_least(q, 9, 1) ? 3
			: qemu_at_least(q, 9, 0) ? 2
						 : 1;
	return 0;
}

/* What QEMU says of a plugin that it does not take, or the plugin of QEMU (plugin/main.c). */
static bool speaks_of_api(const char *line)
{
	return strstr(line, "but this QEMU supports only a m") || strstr(line, "this QEMU speaks ");
}

int qemu_last_words(const struct qemu *q, char *said, const char **why, struct err *e)
{
	char *rest = said, *line;

	*why = "";
	while ((line = strsep(&rest, "\n"))) {
		for (char *p = line; *p; p++)
			*p = *p >= 0x20 && *p < 0x7f ? *p : *p == '\t' ? ' ' : '?';
		if (speaks_of_api(line))
			return err_set(e, ENOTSUP,
				       "QEMU %s takes none of slowpath's plugins, which are for "
				       "QEMU 7.2 to 11.1 (7.2, 10.0 and 11.1 were tried)",
				       q->version);
		if (*line && !strstr(line, "warning: "))
			*why = line;
	}
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

int qemu_find(const struct arch *arch, struct qemu *out, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct proc_opts o = { .fd_out = -1, .fd_err = -1 };
	const char *argv[] = { NULL, "--version", NULL };
	int r;

	*out = (struct qemu){ 0 };
	r = find_path(arch, out, e);
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
