// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/host/host.h"

#include "base/cleanup.h"
#include "lab/host/rooted.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#define CPU_DIR "/sys/devices/system/cpu"
/* Of cpuinfo the first CPU is enough: the rest would cost an interrupt on each. */
#define CPUINFO_MAX 8192
#define TEXT_MAX 65536

DEFINE_CLEANUP(DIR *, closedir)

/* Copies a line that is no longer than @out; a cut name would be another's. */
static bool short_line(const char *root, const char *path, char *out, size_t size)
{
	char text[HOST_TEXT_MAX];

	out[0] = '\0';
	if (!rooted_line(root, path, text, sizeof(text)) || strlen(text) >= size)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static enum host_switch read_switch(const char *root, const char *path)
{
	char text[8];

	if (!short_line(root, path, text, sizeof(text)))
		return HOST_UNKNOWN;
	return !strcmp(text, "1") ? HOST_ON : !strcmp(text, "0") ? HOST_OFF : HOST_UNKNOWN;
}

static void read_kernel(const char *root, struct host *h)
{
	struct utsname u;

	rooted_line(root, "/proc/sys/kernel/osrelease", h->release, sizeof(h->release));
	rooted_line(root, "/proc/sys/kernel/version", h->version, sizeof(h->version));
	/* The file for it is younger than the kernels that slowpath runs on. */
	if (uname(&u) == 0)
		snprintf(h->machine, sizeof(h->machine), "%s", u.machine);
}

static void read_cpuinfo(const char *root, struct host *h)
{
	_cleanup_buf_ struct buf text = { 0 };
	char flags[CPUINFO_MAX], *save = NULL;

	if (rooted_read(root, "/proc/cpuinfo", CPUINFO_MAX, &text) < 0)
		return;
	rooted_value(buf_str(&text), "model name", h->cpu_model, sizeof(h->cpu_model));
	rooted_value(buf_str(&text), "microcode", h->microcode, sizeof(h->microcode));
	if (!rooted_value(buf_str(&text), "flags", flags, sizeof(flags)))
		return;
	h->hypervisor = HOST_OFF;
	for (char *flag = strtok_r(flags, " ", &save); flag; flag = strtok_r(NULL, " ", &save)) {
		if (!strcmp(flag, "hypervisor"))
			h->hypervisor = HOST_ON;
	}
}

static int by_governor(const void *a, const void *b)
{
	return strcmp(((const struct host_governor *)a)->name,
		      ((const struct host_governor *)b)->name);
}

static void count_governor(struct host *h, const char *name)
{
	unsigned i = 0;

	while (i < h->n_governors && strcmp(h->governors[i].name, name) != 0)
		i++;
	if (i == HOST_GOVERNORS_MAX)
		return;
	if (i == h->n_governors)
		snprintf(h->governors[h->n_governors++].name, sizeof(h->governors[i].name), "%s",
			 name);
	h->governors[i].cpus++;
}

static void read_governors(const char *root, struct host *h)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		char path[96], name[sizeof(h->governors[0].name)];

		if (!CPU_ISSET(cpu, &h->limits.allowed))
			continue;
		snprintf(path, sizeof(path), CPU_DIR "/cpu%d/cpufreq/scaling_governor", cpu);
		if (short_line(root, path, name, sizeof(name)))
			count_governor(h, name);
	}
	qsort(h->governors, h->n_governors, sizeof(h->governors[0]), by_governor);
}

/* intel_pstate tells the opposite of what acpi-cpufreq tells. */
static void read_switches(const char *root, struct host *h)
{
	enum host_switch off = read_switch(root, CPU_DIR "/intel_pstate/no_turbo");

	h->boost = off == HOST_ON    ? HOST_OFF
		   : off == HOST_OFF ? HOST_ON
				     : read_switch(root, CPU_DIR "/cpufreq/boost");
	h->smt = read_switch(root, CPU_DIR "/smt/active");
	rooted_line(root, CPU_DIR "/isolated", h->isolated, sizeof(h->isolated));
}

static void read_places(const char *root, struct host *h)
{
	rooted_line(root, "/sys/class/dmi/id/sys_vendor", h->vendor, sizeof(h->vendor));
	rooted_line(root, "/sys/class/dmi/id/product_name", h->product, sizeof(h->product));
	if (!h->vendor[0])
		rooted_line(root, "/sys/hypervisor/type", h->vendor, sizeof(h->vendor));
	if (rooted_exists(root, "/.dockerenv"))
		snprintf(h->container, sizeof(h->container), "docker");
	else if (rooted_exists(root, "/run/.containerenv"))
		snprintf(h->container, sizeof(h->container), "podman");
	else
		short_line(root, "/run/systemd/container", h->container, sizeof(h->container));
}

/* "always [madvise] never": the chosen one. */
static void read_thp(const char *root, struct host *h)
{
	char text[HOST_TEXT_MAX];
	const char *from;
	size_t len;

	if (!rooted_line(root, "/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof(text)))
		return;
	from = strchr(text, '[');
	len = from ? strcspn(from + 1, "]") : 0;
	if (from && len < sizeof(h->thp) && from[1 + len] == ']')
		snprintf(h->thp, sizeof(h->thp), "%.*s", (int)len, from + 1);
}

/* A number as loadavg has it, "0.34", without the locale's say. */
static bool read_hundredths(const char **at, double *out)
{
	unsigned long whole, part;
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	whole = strtoul(*at, &end, 10);
	if (end[0] != '.' || end[1] < '0' || end[1] > '9' || end[2] < '0' || end[2] > '9')
		return false;
	part = (unsigned long)(end[1] - '0') * 10 + (unsigned long)(end[2] - '0');
	*at = end + 3 + strspn(end + 3, " ");
	*out = (double)whole + (double)part / 100;
	return true;
}

static void read_load(const char *root, struct host *h)
{
	char text[HOST_TEXT_MAX];
	const char *at = text;
	double load[3];

	for (size_t i = 0; i < ARRAY_SIZE(load); i++)
		h->load[i] = -1;
	if (!rooted_line(root, "/proc/loadavg", text, sizeof(text)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(load); i++) {
		if (!read_hundredths(&at, &load[i]))
			return;
	}
	memcpy(h->load, load, sizeof(load));
}

/* "cpu  USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ...", in hundredths of a second. */
static void read_steal(const char *root, struct host *h)
{
	_cleanup_buf_ struct buf text = { 0 };
	char line[HOST_TEXT_MAX], *save = NULL, *word;
	uint64_t ticks;

	h->steal_ms = UINT64_MAX;
	if (rooted_read(root, "/proc/stat", CPUINFO_MAX, &text) < 0 ||
	    !rooted_value(buf_str(&text), "cpu", line, sizeof(line)))
		return;
	word = strtok_r(line, " ", &save);
	for (unsigned i = 1; word && i < 8; i++)
		word = strtok_r(NULL, " ", &save);
	if (word && rooted_number(word, &ticks) && ticks < UINT64_MAX / 10)
		h->steal_ms = ticks * 10;
}

static bool read_kib(const char *text, const char *key, uint64_t *bytes)
{
	char value[64];

	if (!rooted_value(text, key, value, sizeof(value)) || !rooted_number(value, bytes) ||
	    *bytes > UINT64_MAX / 2048)
		return false;
	*bytes *= 1024;
	return true;
}

static void read_memory(const char *root, struct host *h)
{
	_cleanup_buf_ struct buf text = { 0 };
	uint64_t limit, committed;
	char mode[8];

	h->available_bytes = h->commit_bytes = UINT64_MAX;
	if (rooted_read(root, "/proc/meminfo", TEXT_MAX, &text) < 0)
		return;
	if (!read_kib(buf_str(&text), "MemAvailable", &h->available_bytes))
		h->available_bytes = UINT64_MAX;
	if (short_line(root, "/proc/sys/vm/overcommit_memory", mode, sizeof(mode)) &&
	    !strcmp(mode, "2") && read_kib(buf_str(&text), "CommitLimit", &limit) &&
	    read_kib(buf_str(&text), "Committed_AS", &committed))
		h->commit_bytes = limit > committed ? limit - committed : 0;
}

static int by_mitigation(const void *a, const void *b)
{
	return strcmp(((const struct host_mitigation *)a)->name,
		      ((const struct host_mitigation *)b)->name);
}

/* A name as the kernel gives it; of others nothing is to come into the record. */
static bool is_plain(const char *name, size_t size)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len && !name[len] && len < size;
}

static int read_mitigations(const char *root, struct host *h, struct err *e)
{
	_cleanup_free_ char *folder = str_printf("%s%s", root, CPU_DIR "/vulnerabilities");
	_cleanup_(closedir_p) DIR *dir = folder ? opendir(folder) : NULL;
	struct dirent *d;

	if (!folder)
		return err_oom(e);
	while (dir && h->n_mitigations < HOST_MITIGATIONS_MAX && (d = readdir(dir))) {
		struct host_mitigation *m = &h->mitigations[h->n_mitigations];
		char path[sizeof(CPU_DIR "/vulnerabilities/") + sizeof(m->name)];

		if (!is_plain(d->d_name, sizeof(m->name)))
			continue;
		memcpy(m->name, d->d_name, strlen(d->d_name) + 1);
		snprintf(path, sizeof(path), CPU_DIR "/vulnerabilities/%s", m->name);
		h->n_mitigations += rooted_line(root, path, m->state, sizeof(m->state));
	}
	qsort(h->mitigations, h->n_mitigations, sizeof(h->mitigations[0]), by_mitigation);
	return 0;
}

int host_read(const char *root, struct host *out, struct err *e)
{
	int r;

	*out = (struct host){ 0 };
	r = limits_read(root, &out->limits, e);
	if (r < 0)
		return r;
	read_kernel(root, out);
	read_cpuinfo(root, out);
	read_governors(root, out);
	read_switches(root, out);
	read_places(root, out);
	short_line(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		   out->clocksource, sizeof(out->clocksource));
	read_thp(root, out);
	read_load(root, out);
	read_steal(root, out);
	read_memory(root, out);
	return read_mitigations(root, out, e);
}
