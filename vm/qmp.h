/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's monitor protocol over a connected socket: JSON objects, one a line. Only reading and
 * writing; who waits for how long is the machine's business (machine.c).
 */
#ifndef VM_QMP_H
#define VM_QMP_H

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

struct qmp {
	int fd; /* non-blocking; owned */
	struct buf in;
	size_t scanned; /* bytes of in that are known to hold no end of line */
};

void qmp_open(struct qmp *q, int fd);
void qmp_close(struct qmp *q);

/* Sends a command. @arguments (may be NULL) is consumed; @pass_fd goes along with it, or -1. */
int qmp_send(struct qmp *q, const char *command, json_t *arguments, int pass_fd, struct err *e);
/* Reads what is there. 0, -ENODATA at the end of the stream, or another -errno. */
int qmp_receive(struct qmp *q, struct err *e);
/* The next whole message, or NULL with *bad set if what came is not one. The caller owns it. */
json_t *qmp_next(struct qmp *q, int *bad);

#endif
