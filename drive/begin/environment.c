// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/environment.h"

#include "base/cleanup.h"
#include "lab/host/host.h"

#include <stdlib.h>

json_t *environment_json(const struct session *s, const char *label, enum machine_accel accel,
			 struct err *e)
{
	_cleanup_free_ struct host *host = calloc(1, sizeof(*host)); /* large for a stack */
	json_t *doc;

	if (!host) {
		err_oom(e);
		return NULL;
	}
	if (host_read("", host, e) < 0)
		return NULL;
	doc = json_pack("{s:s,s:o,s:{s:s,s:s},s:s,s:s,s:s,s:s}", "label", label, "host",
			host_json(host), "slowpath", "version", s->version, "commit", s->commit,
			"qemu", s->qemu.version, "guest_sha256", s->guest_sha256.text,
			"plugin_sha256", s->plugin_sha256.text, "accelerator", accel_name(accel));
	if (!doc)
		err_oom(e);
	return doc;
}
