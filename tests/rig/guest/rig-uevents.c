/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Print the kernel's uevents, one per line, fields separated by blanks.
 *
 *	rig-uevents [SUBSYSTEM]
 *
 * Prints "ready" once it listens; runs until killed.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	char buf[8192], want[128] = "";
	int fd;

	if (argc > 1)
		snprintf(want, sizeof(want), "SUBSYSTEM=%s", argv[1]);
	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0) {
		fprintf(stderr, "rig-uevents: netlink: %s\n", strerror(errno));
		return 1;
	}
	printf("ready\n");
	fflush(stdout);

	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf) - 1, 0);
		int wanted = want[0] == '\0';

		if (n <= 0)
			return 1;
		buf[n] = '\0';
		for (char *p = buf; p < buf + n; p += strlen(p) + 1)
			if (strcmp(p, want) == 0)
				wanted = 1;
		if (!wanted)
			continue;
		for (char *p = buf; p < buf + n; p += strlen(p) + 1)
			printf("%s%s", p == buf ? "" : " ", p);
		printf("\n");
		fflush(stdout);
	}
}
