// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the log of a failed build. */
#include "kernel/store/toolchain.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>

#define LOG_MAX (256U << 20)
#define LINES 3
#define LINE_LEN 240

/* What a host lacks, by what tools say of it. */
static const struct {
	const char *said, *package;
} lacks[] = {
	{ "gelf.h: No such file", "libelf-dev" },
	{ "libelf.h: No such file", "libelf-dev" },
	{ "openssl/bio.h: No such file", "libssl-dev" },
	{ "openssl/opensslv.h: No such file", "libssl-dev" },
	{ "openssl/evp.h: No such file", "libssl-dev" },
	{ "flex: not found", "flex" },
	{ "bison: not found", "bison" },
	{ "bc: not found", "bc" },
	{ "perl: not found", "perl" },
	{ "python3: not found", "python3" },
	{ "cpio: not found", "cpio" },
	{ "rsync: not found", "rsync" },
	{ "lz4: not found", "lz4" },
	{ "lzop: not found", "lzop" },
	{ "xz: not found", "xz-utils" },
	{ "zstd: not found", "zstd" },
	{ "openssl: not found", "openssl" },
	{ "pahole: not found", "pahole" },
};

static const char *const troubles[] = {
	"No space left on device",  "Disk quota exceeded",
	"Read-only file system",    "Input/output error",
	"virtual memory exhausted", "Cannot allocate memory",
	"out of memory allocating", "Killed signal terminated",
	"Too many open files",	    "Resource temporarily unavailable",
};

/* make's own lines come last and say the least. */
static bool is_chatter(const char *line)
{
	return strstr(line, "] Error ") || strstr(line, "Waiting for unfinished jobs");
}

static bool tells(const char *line)
{
	return strstr(line, "rror:") || strstr(line, "undefined reference") ||
	       strstr(line, "undefined symbol") || strstr(line, "*** ");
}

static int add_line(struct buf *out, const char *line)
{
	return buf_printf(out, "%s%.*s", out->len ? " | " : "", LINE_LEN, line);
}

/* The first lines that name an error; if none does, the last lines. */
static int summarise(char *log, struct buf *out)
{
	const char *last[LINES] = { NULL };
	char *save = NULL;
	size_t n = 0, found = 0;
	int r = 0;

	for (char *l = strtok_r(log, "\n", &save); r == 0 && l && found < LINES;
	     l = strtok_r(NULL, "\n", &save)) {
		l += strspn(l, " \t");
		if (is_chatter(l))
			continue;
		last[n++ % LINES] = l;
		if (tells(l)) {
			r = add_line(out, l);
			found++;
		}
	}
	for (size_t i = n > LINES ? n - LINES : 0; r == 0 && !found && i < n; i++)
		r = add_line(out, last[i % LINES]);
	return r;
}

int make_explain(const struct make *m, struct err *e)
{
	_cleanup_buf_ struct buf log = { 0 }, lines = { 0 };
	int r = file_read(m->log, LOG_MAX, &log, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++) {
		if (strstr(buf_str(&log), troubles[i]))
			return err_set(e, EIO,
				       "building failed for want of what the machine should give: "
				       "%s (log: %s)",
				       troubles[i], m->log);
	}
	for (size_t i = 0; i < ARRAY_SIZE(lacks); i++) {
		if (strstr(buf_str(&log), lacks[i].said))
			return err_set(e, EOPNOTSUPP,
				       "building needs the package %s (\"%s\"; log: %s)",
				       lacks[i].package, lacks[i].said, m->log);
	}
	if (log.data && summarise(log.data, &lines) < 0)
		return err_oom(e);
	return err_unmeasured(e, EBADMSG, "does not build: %s (log: %s)",
			      lines.len ? lines.data : "make says nothing", m->log);
}
