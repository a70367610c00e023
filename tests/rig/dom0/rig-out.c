/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copy standard input to an I/O port, a chunk per instruction.
 *
 *	rig-out PORT
 *
 * In a PV dom0 every access to a port traps into Xen; one "rep outsb" is one
 * trap, which makes this a hundred times faster than a serial port.  Ends at
 * end of file, or after SIGTERM as soon as no more input is waiting: processes
 * that outlive the script may keep the other end open.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <unistd.h>

static void
ignore(int sig)
{
	(void)sig;
}

int
main(int argc, char **argv)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec none = { 0, 0 };
	struct sigaction sa = { .sa_handler = ignore };
	sigset_t blocked, pending, normal;
	unsigned long port;
	char buf[4096];

	port = argc == 2 ? strtoul(argv[1], NULL, 0) : 0;
	if (port == 0 || port > 0xffff || ioperm(port, 1, 1) != 0) {
		fprintf(stderr, "usage: rig-out PORT (as root)\n");
		return 2;
	}

	/* SIGTERM arrives only while waiting, or is seen as pending. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaction(SIGTERM, &sa, NULL);
	sigprocmask(SIG_BLOCK, &blocked, &normal);

	for (;;) {
		const char *from = buf;
		ssize_t n;
		int ready;

		sigpending(&pending);
		if (sigismember(&pending, SIGTERM))
			ready = ppoll(&in, 1, &none, &blocked);
		else
			ready = ppoll(&in, 1, NULL, &normal);
		if (ready < 0 && errno == EINTR) {
			/* Delivered: make it pending again, as a mark. */
			raise(SIGTERM);
			continue;
		}
		if (ready <= 0)
			break;
		n = read(STDIN_FILENO, buf, sizeof(buf));
		if (n <= 0)
			break;
		__asm__ volatile("rep outsb"
				 : "+S"(from), "+c"(n)
				 : "d"((unsigned short)port)
				 : "memory");
	}
	return 0;
}
