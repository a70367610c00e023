/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/msg.c: what passes between broker and worker, and what does not. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "log.h"
#include "msg.h"
#include "voice.h"
#include "worker-private.h"

#define HEADER offsetof(struct msg, u)

static int broker, worker;

static void setup(void)
{
    ck_assert_int_eq(msg_pair(&broker, &worker), 0);
}

static void teardown(void)
{
    (void)close(broker);
    (void)close(worker);
}

static unsigned int open_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned int n = 0;

    while (readdir(dir) != NULL)
        n++;
    (void)closedir(dir);
    return n;
}

static const struct {
    uint32_t type;
    size_t payload;
    unsigned int nfds;
} types[] = {
    { MSG_ADOPT, sizeof(struct msg_adopt), 0 },
    { MSG_ADOPTED, sizeof(struct msg_adopted), 0 },
    { MSG_CONNECT, sizeof(struct msg_connect), 0 },
    { MSG_DEVICE_ADD, sizeof(struct msg_device), 2 },
    { MSG_DEVICE_REMOVE, sizeof(struct msg_handle), 0 },
    { MSG_ANSWER, sizeof(struct msg_answer), 0 },
    { MSG_CONNECTED, sizeof(struct msg_connected), 0 },
    { MSG_CONFIG_WRITE, sizeof(struct msg_config_write), 0 },
    { MSG_MSI_ON, sizeof(struct msg_msi_on), 0 },
    { MSG_MSIX_ON, sizeof(struct msg_msix_on), 0 },
    { MSG_MSI_OFF, sizeof(struct msg_handle), 0 },
    { MSG_AER, sizeof(struct msg_aer), 0 },
    { MSG_AER_CANCEL, 0, 0 },
    { MSG_AER_DONE, sizeof(struct msg_aer_done), 0 },
    { MSG_RETIRE, 0, 0 },
    { MSG_SETTLED, 0, 0 },
    { MSG_LOG, sizeof(struct msg_log), 0 },
};
_Static_assert(ARRAY_LEN(types) == MSG_TYPE_END - 1, "a type has no row");

static void fill(struct msg *m, uint32_t type)
{
    uint8_t *bytes = (uint8_t *)m;
    size_t i;

    for (i = 0; i < sizeof(*m); i++)
        bytes[i] = (uint8_t)(i * 31 + type);
    m->type = type;
}

static bool same_file(int a, int b)
{
    struct stat x, y;

    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino &&
           x.st_dev == y.st_dev;
}

START_TEST(every_type_comes_as_it_went)
{
    uint32_t type = types[_i].type;
    unsigned int nfds = types[_i].nfds, i;
    unsigned int before = open_fds();
    int sent[MSG_FDS] = { open("/dev/null", O_RDONLY), broker };
    int got[MSG_FDS] = { 7, 7 };
    struct msg out, in;

    fill(&out, type);
    memset(&in, 0, sizeof(in));
    ck_assert_uint_eq(msg_size(type), HEADER + types[_i].payload);
    ck_assert_str_ne(msg_name(type), "unknown");
    ck_assert_int_eq(msg_send(broker, &out, sent, nfds), 0);
    ck_assert_int_eq(msg_receive(worker, &in, got), 0);
    ck_assert_mem_eq(&in, &out, msg_size(type));
    for (i = 0; i < MSG_FDS; i++) {
        if (i >= nfds) {
            ck_assert_int_eq(got[i], -1);
            continue;
        }
        ck_assert(same_file(got[i], sent[i]));
        ck_assert_int_ne(fcntl(got[i], F_GETFD) & FD_CLOEXEC, 0);
        (void)close(got[i]);
    }
    (void)close(sent[0]);
    ck_assert_uint_eq(open_fds(), before);
}
END_TEST

/* One datagram as somebody might send it who does not use msg_send(). */
static void send_raw(const void *bytes, size_t len, unsigned int nfds)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(8 * sizeof(int))];
    } control = { .bytes = { 0 } };
    struct msg copy;
    struct iovec iov = { .iov_base = &copy, .iov_len = len };
    struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
    unsigned int i;

    memcpy(&copy, bytes, len);
    if (nfds > 0) {
        hdr.msg_control = control.bytes;
        hdr.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
        control.align.cmsg_level = SOL_SOCKET;
        control.align.cmsg_type = SCM_RIGHTS;
        control.align.cmsg_len = CMSG_LEN(nfds * sizeof(int));
        for (i = 0; i < nfds; i++)
            memcpy(CMSG_DATA(&control.align) + i * sizeof(int), &worker,
                   sizeof(int));
    }
    ck_assert_int_eq(sendmsg(worker, &hdr, 0), (ssize_t)len);
}

#define MSI_ON_SIZE (HEADER + sizeof(struct msg_msi_on))
#define ADD_SIZE    (HEADER + sizeof(struct msg_device))

static const struct bad {
    const char *name;
    uint32_t type;
    size_t len;
    unsigned int nfds;
    int err;
} bad_messages[] = {
    { "a byte short", MSG_MSI_ON, MSI_ON_SIZE - 1, 0, -EPROTO },
    { "a byte long", MSG_MSI_ON, MSI_ON_SIZE + 1, 0, -EPROTO },
    { "only a header", MSG_MSI_ON, HEADER, 0, -EPROTO },
    { "half a header", MSG_MSI_ON, HEADER - 1, 0, -EPROTO },
    { "one byte", MSG_MSI_ON, 1, 0, -EPROTO },
    { "another type's length", MSG_MSIX_ON, MSI_ON_SIZE, 0, -EPROTO },
    { "type 0", 0, MSI_ON_SIZE, 0, -EPROTO },
    { "a type too many", MSG_TYPE_END, MSI_ON_SIZE, 0, -EPROTO },
    { "a type from nowhere", 0xffffffff, MSI_ON_SIZE, 0, -EPROTO },
    { "an uninvited descriptor", MSG_MSI_ON, MSI_ON_SIZE, 1, -EPROTO },
    { "uninvited descriptors", MSG_MSI_ON, MSI_ON_SIZE, 8, -EPROTO },
    { "no descriptors", MSG_DEVICE_ADD, ADD_SIZE, 0, -EPROTO },
    { "one descriptor", MSG_DEVICE_ADD, ADD_SIZE, 1, -EPROTO },
    { "one descriptor too many", MSG_DEVICE_ADD, ADD_SIZE, 3, -EPROTO },
    { "descriptors and a bad length", MSG_DEVICE_ADD, ADD_SIZE - 1, 2,
      -EPROTO },
    { "nothing", MSG_MSI_ON, 0, 0, -EPIPE },
    { "nothing, with descriptors", MSG_MSI_ON, 0, 2, -EPIPE },
};

START_TEST(bad_messages_are_refused_and_leak_nothing)
{
    const struct bad *bad = &bad_messages[_i];
    unsigned int before = open_fds();
    int fds[MSG_FDS] = { 7, 7 };
    struct msg m;

    fill(&m, bad->type);
    send_raw(&m, bad->len, bad->nfds);
    ck_assert_msg(msg_receive(broker, &m, fds) == bad->err, "%s", bad->name);
    ck_assert_int_eq(fds[0], -1);
    ck_assert_int_eq(fds[1], -1);
    ck_assert_msg(open_fds() == before, "%s: leaks descriptors", bad->name);
}
END_TEST

START_TEST(sending_is_checked_too)
{
    int fds[2] = { broker, worker };
    struct msg m;

    fill(&m, MSG_TYPE_END);
    ck_assert_int_eq(msg_send(broker, &m, NULL, 0), -EPROTO);
    fill(&m, MSG_DEVICE_ADD);
    ck_assert_int_eq(msg_send(broker, &m, NULL, 0), -EPROTO);
    fill(&m, MSG_CONNECT);
    ck_assert_int_eq(msg_send(broker, &m, fds, 2), -EPROTO);
}
END_TEST

START_TEST(the_broker_never_blocks)
{
    int fds[MSG_FDS];
    struct msg m;
    int ret = 0;

    ck_assert_int_eq(msg_receive(broker, &m, fds), -EAGAIN);
    fill(&m, MSG_ANSWER);
    for (unsigned int i = 0; i < 100000 && ret == 0; i++)
        ret = msg_send(broker, &m, NULL, 0);
    ck_assert_int_eq(ret, -EAGAIN);
}
END_TEST

START_TEST(a_peer_that_is_gone)
{
    int fds[MSG_FDS];
    struct msg m;

    fill(&m, MSG_ANSWER);
    (void)close(worker);
    ck_assert_int_eq(msg_send(broker, &m, NULL, 0), -EPIPE);
    ck_assert_int_eq(msg_receive(broker, &m, fds), -EPIPE);
    worker = -1;
}
END_TEST

/* Lines of a worker: as long as a message has room, and lost if nobody reads. */
START_TEST(a_voice_is_heard)
{
    struct worker w = { .broker = worker };
    char line[MSG_LOG_TEXT + 50];
    struct msg m = { 0 };
    int fds[MSG_FDS];

    voice_open(&w);
    log_warnx("what a worker says");
    ck_assert_int_eq(msg_receive(broker, &m, fds), 0);
    ck_assert_uint_eq(m.type, MSG_LOG);
    ck_assert_uint_eq(m.u.log.priority, LOG_WARNING);
    ck_assert_str_eq(m.u.log.text, "what a worker says");
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    log_info("%s", line);
    ck_assert_int_eq(msg_receive(broker, &m, fds), 0);
    ck_assert_uint_eq(m.u.log.priority, LOG_INFO);
    ck_assert_int_eq(memcmp(m.u.log.text, line, MSG_LOG_TEXT), 0);
    w.adopting = true;
    log_info("to a broker that may not understand");
    w.adopting = false;
    w.broker = -1;
    log_info("to nobody");
    voice_open(NULL);
    log_info("neither");
    ck_assert_int_eq(msg_receive(broker, &m, fds), -EAGAIN);
    log_open("check_msg", LOG_TO_STDERR, false);
}
END_TEST

START_TEST(both_ends_close_on_exec)
{
    ck_assert_int_ne(fcntl(broker, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_ne(fcntl(worker, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(fcntl(worker, F_GETFL) & O_NONBLOCK, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("msg");
    TCase *tc = tcase_create("msg");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, every_type_comes_as_it_went, 0,
                        (int)ARRAY_LEN(types));
    tcase_add_loop_test(tc, bad_messages_are_refused_and_leak_nothing, 0,
                        (int)ARRAY_LEN(bad_messages));
    tcase_add_test(tc, sending_is_checked_too);
    tcase_add_test(tc, the_broker_never_blocks);
    tcase_add_test(tc, a_peer_that_is_gone);
    tcase_add_test(tc, both_ends_close_on_exec);
    tcase_add_test(tc, a_voice_is_heard);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
