// SPDX-License-Identifier: GPL-2.0-or-later
/* Compiled when the build is set up: whether a cross compiler can make a static program. */
#include <pthread.h>
#include <stdio.h>

static void *work(void *arg)
{
	puts(arg);
	return NULL;
}

int main(void)
{
	static char text[] = "it can";
	pthread_t thread;

	return pthread_create(&thread, NULL, work, text) || pthread_join(thread, NULL);
}
