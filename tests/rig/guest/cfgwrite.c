/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time writes to a device's config space: zeros to the cache line's size, which
 * reach the hardware and mean nothing to it (PCIe 6.0 7.5.1.1.7).
 *
 *	cfgwrite BDF COUNT
 *
 * prints "config-write n=COUNT p50=US p99=US max=US", microseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CACHE_LINE_SIZE 0x0c

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Linux says nothing of a write that the front could not make. */
static int
measure(int fd, uint64_t *took, long n)
{
	const uint8_t byte = 0;

	for (long i = 0; i < n; i++) {
		uint64_t start = now_ns();

		if (pwrite(fd, &byte, 1, CACHE_LINE_SIZE) != 1)
			return -1;
		took[i] = now_ns() - start;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	long n = argc == 3 ? strtol(argv[2], NULL, 0) : 0;
	char path[256];
	uint64_t *took;
	int fd;

	if (n < 1) {
		fprintf(stderr, "usage: cfgwrite BDF COUNT\n");
		return 2;
	}
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", argv[1]);
	fd = open(path, O_RDWR | O_CLOEXEC);
	took = calloc((size_t)n, sizeof(*took));
	if (fd < 0 || took == NULL || measure(fd, took, n) < 0) {
		fprintf(stderr, "cfgwrite: %s: %s\n", path, strerror(errno));
		return 1;
	}
	qsort(took, (size_t)n, sizeof(*took), by_value);
	printf("config-write n=%ld p50=%.1f p99=%.1f max=%.1f\n", n,
	    (double)took[(n - 1) * 50 / 100] / 1e3,
	    (double)took[(n - 1) * 99 / 100] / 1e3, (double)took[n - 1] / 1e3);
	return 0;
}
