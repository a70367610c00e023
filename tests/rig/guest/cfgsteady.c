/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Read all of a device's config space, over and over, until FILE is there.
 *
 *	cfgsteady BDF FILE
 *
 * Each value must stay what it was at first. Once a round the Command register is
 * written with what it holds, which a backend has to take to the device. Prints
 * "steady: ..." with the longest time that a read and a write took. Exit status 1
 * when a value was wrong or a call failed.
 *
 * It comes before other processes and leaves them as much time as it takes. A front
 * that waits has its processor wait, and the guest's scheduler takes that for work:
 * in fairness to others it would let the reader wait for as long once more.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COMMAND 4
#define SPACE_MAX 4096
#define PAUSE_LEAST_NS 3000000u
#define PAUSE_MOST_NS 50000000u

struct took {
	unsigned long n;
	unsigned long over_100ms;
	unsigned long over_250ms;
	uint64_t longest_ns;
	uint64_t sum_ns;
};

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void
add(struct took *took, uint64_t start)
{
	uint64_t ns = now_ns() - start;

	took->n++;
	took->sum_ns += ns;
	took->over_100ms += ns > 100000000u;
	took->over_250ms += ns > 250000000u;
	if (ns > took->longest_ns)
		took->longest_ns = ns;
}

static void
leave_time(uint64_t start)
{
	uint64_t ns = now_ns() - start;
	struct timespec pause = { 0 };

	if (ns < PAUSE_LEAST_NS)
		ns = PAUSE_LEAST_NS;
	if (ns > PAUSE_MOST_NS)
		ns = PAUSE_MOST_NS;
	pause.tv_nsec = (long)ns;
	nanosleep(&pause, NULL);
}

static void
show(const char *what, const struct took *took)
{
	printf("steady: %lu %s, longest %.1f ms, mean %.2f ms, over 100 ms %lu, "
	    "over 250 ms %lu\n",
	    took->n, what, (double)took->longest_ns / 1e6,
	    took->n ? (double)took->sum_ns / 1e6 / (double)took->n : 0,
	    took->over_100ms, took->over_250ms);
}

static bool
is_over(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0;
}

/* One round, or less of the last; how many values were wrong, or -1. */
static int
compare(int fd, const uint32_t *good, size_t words, const char *end,
    struct took *took)
{
	int wrong = 0;

	for (size_t i = 0; i < words && (i % 64 != 0 || !is_over(end)); i++) {
		uint64_t start = now_ns();
		uint32_t value;

		if (pread(fd, &value, 4, (off_t)(4 * i)) != 4)
			return -1;
		add(took, start);
		leave_time(start);
		if (value == good[i])
			continue;
		wrong++;
		printf("steady: %03zx is %08x, was %08x\n", 4 * i, value, good[i]);
		fflush(stdout);
	}
	return wrong;
}

int
main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };
	struct took reads = { 0 }, writes = { 0 };
	uint32_t good[SPACE_MAX / 4];
	unsigned long wrong = 0;
	char path[256];
	ssize_t size;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: cfgsteady BDF FILE\n");
		return 2;
	}
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", argv[1]);
	fd = open(path, O_RDWR | O_CLOEXEC);
	size = fd >= 0 ? pread(fd, good, sizeof(good), 0) : -1;
	if (size < 64) {
		fprintf(stderr, "cfgsteady: %s: %s\n", path, strerror(errno));
		return 1;
	}
	if (sched_setscheduler(0, SCHED_FIFO, &first) != 0) {
		fprintf(stderr, "cfgsteady: no priority: %s\n", strerror(errno));
		return 1;
	}
	while (!is_over(argv[2])) {
		int n = compare(fd, good, (size_t)size / 4, argv[2], &reads);
		uint64_t start = now_ns();

		if (n < 0 || pwrite(fd, &good[COMMAND / 4], 2, COMMAND) != 2) {
			fprintf(stderr, "cfgsteady: %s\n", strerror(errno));
			return 1;
		}
		add(&writes, start);
		wrong += (unsigned long)n;
	}
	show("reads", &reads);
	show("writes", &writes);
	printf("steady: %lu wrong values of %zd bytes of registers\n", wrong, size);
	return wrong != 0;
}
