// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/stamp.h"

#include "base/buf.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#define RACY_SECONDS 2

int stamp_take(const char *path, char **out, struct err *e)
{
	struct stat st;
	time_t now = time(NULL);

	*out = NULL;
	if (stat(path, &st) < 0)
		return err_errno(e, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "%s: not a regular file", path);
	/* Also where the clock was set back since. */
	if (st.st_ctim.tv_sec + RACY_SECONDS > now)
		return 0;
	*out = str_printf("%llu:%llu:%lld:%lld.%09ld:%lld.%09ld", (unsigned long long)st.st_dev,
			  (unsigned long long)st.st_ino, (long long)st.st_size,
			  (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
			  (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	return *out ? 0 : err_oom(e);
}
