/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time 4-byte reads of a device's config space.
 *
 *	cfgbench BDF COUNT [OFFSET [PAUSE]]
 *
 * prints "config-read n=COUNT p50=US p99=US mean=US max=US", microseconds; so
 * long is PAUSE, between two reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void
pause_for(long us)
{
	struct timespec ts = { .tv_sec = us / 1000000,
		.tv_nsec = us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	char path[256];
	uint64_t *took, sum = 0;
	long n, offset, pause_us;
	int fd;

	n = argc > 2 ? strtol(argv[2], NULL, 0) : 0;
	offset = argc > 3 ? strtol(argv[3], NULL, 0) : 0;
	pause_us = argc > 4 ? strtol(argv[4], NULL, 0) : 0;
	if (argc < 3 || argc > 5 || n < 1 || offset < 0 || pause_us < 0) {
		fprintf(stderr, "usage: cfgbench BDF COUNT [OFFSET [PAUSE]]\n");
		return 2;
	}
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", argv[1]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	took = calloc((size_t)n, sizeof(*took));
	if (fd < 0 || took == NULL) {
		fprintf(stderr, "cfgbench: %s: %s\n", path, strerror(errno));
		return 1;
	}

	for (long i = 0; i < n; i++) {
		uint64_t start;
		uint32_t value;

		if (pause_us > 0)
			pause_for(pause_us);
		start = now_ns();
		if (pread(fd, &value, sizeof(value), offset) != sizeof(value)) {
			fprintf(stderr, "cfgbench: read %ld at 0x%lx: %s\n", i,
			    (unsigned long)offset, strerror(errno));
			return 1;
		}
		took[i] = now_ns() - start;
		sum += took[i];
	}

	qsort(took, (size_t)n, sizeof(*took), by_value);
	printf("config-read n=%ld p50=%.1f p99=%.1f mean=%.1f max=%.1f\n",
	    n,
	    (double)took[(n - 1) * 50 / 100] / 1e3,
	    (double)took[(n - 1) * 99 / 100] / 1e3, (double)sum / (double)n / 1e3,
	    (double)took[n - 1] / 1e3);
	return 0;
}
