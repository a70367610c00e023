/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Brokers that come and go, and the worker that stays. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "age.h"
#include "state.h"
#include "version.h"
#include "worker-world.h"

START_TEST(reads_go_on_without_a_broker)
{
    pid_t broker = broker_start(BROKER_ANSWERS);

    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    broker_kill(broker);
    for (int i = 0; i < 100; i++)
        ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    ck_assert(process_lives(worker_pid()));
}
END_TEST

/* Posted when nobody is there to decide. */
START_TEST(a_write_waits_for_the_next_broker)
{
    pid_t broker = broker_start(BROKER_ANSWERS), worker = worker_pid();

    broker_kill(broker);
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    ck_assert(test_adopts());
    ck_assert(!guest_has_answer());
    (void)guest_collects();
    ck_assert_uint_eq(test_seen.requests, 1);
    ck_assert_uint_eq(test_seen.request.u.config_write.handle,
                      (uint32_t)getpid());
    ck_assert_str_eq(test_seen.version, xenpci_version);
    ck_assert_int_eq(worker_pid(), worker);
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    /* Which ends it like its own. */
    test_ends_worker();
    process_ends(worker);
}
END_TEST

/* The broker dies with the guest's request in its hands. */
START_TEST(a_request_that_was_asked_is_asked_again)
{
    pid_t broker = broker_start(BROKER_IS_MUTE);

    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    eventually(broker_was_asked, broker_seen, "the first broker is asked");
    broker_kill(broker);
    test_is_mute = true;
    ck_assert(test_adopts());
    eventually_in_loop(broker_was_asked, &test_seen, "the second one is asked");
    ck_assert_uint_ne(test_seen.request.serial, broker_seen->request.serial);
    ck_assert_uint_ne(test_seen.request.u.config_write.handle,
                      broker_seen->request.u.config_write.handle);
    ck_assert(!guest_has_answer());
    test_answers();
    (void)guest_collects();
    ck_assert_uint_eq(test_seen.requests, 1);
}
END_TEST

START_TEST(a_broker_dies_while_it_adopts)
{
    pid_t broker = broker_start(BROKER_ANSWERS), worker = worker_pid();

    broker_kill(broker);
    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    broker = broker_start(BROKER_STOPS_HALFWAY);
    broker_kill(broker);
    ck_assert(!guest_has_answer());
    ck_assert(test_adopts());
    (void)guest_collects();
    ck_assert_int_eq(worker_pid(), worker);
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
}
END_TEST

START_TEST(brokers_come_and_go)
{
    pid_t worker = 0;

    for (unsigned int i = 0; i < 30; i++) {
        pid_t broker = broker_start(BROKER_ANSWERS);

        worker = worker ? worker : worker_pid();
        ck_assert_int_eq(worker_pid(), worker);
        guest_posts_read(0);
        broker_kill(broker);
        ck_assert_uint_eq(guest_collects(), GUEST_IDS);
        ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    }
}
END_TEST

START_TEST(both_die_at_once)
{
    pid_t broker = broker_start(BROKER_IS_MUTE), worker = worker_pid();

    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    eventually(broker_was_asked, broker_seen, "the broker is asked");
    ck_assert_int_eq(kill(worker, SIGKILL), 0);
    broker_kill(broker);
    process_ends(worker);
    ck_assert(!test_adopts());
    ck_assert_int_eq(errno, ESRCH);
    test_starts();
    (void)guest_collects();
    ck_assert_uint_eq(test_seen.requests, 1);
    ck_assert_int_ne(worker_pid(), worker);
}
END_TEST

/* Does a socket of that name listen, by /proc/net/unix? */
static bool is_listening(const char *name)
{
    char line[512], path[256];
    bool found = false;
    FILE *f = fopen("/proc/net/unix", "re");

    (void)snprintf(path, sizeof(path), "%s/%s\n", state_dir(), name);
    while (f && !found && fgets(line, sizeof(line), f))
        found = strstr(line, path) && strstr(line, " 00010000 ");
    if (f)
        (void)fclose(f);
    return found;
}

static bool has_spare(void *other)
{
    return spare_pid() > 0 && spare_pid() != *(const pid_t *)other &&
           is_listening("d0.sock");
}

/* A broker that died, with its guest's worker, and has left a spare one. */
static pid_t a_spare_is_left(void)
{
    pid_t broker = broker_start(BROKER_ANSWERS), worker = worker_pid();

    eventually(has_spare, &worker, "there is a spare worker");
    ck_assert_int_eq(kill(worker, SIGKILL), 0);
    broker_kill(broker);
    process_ends(worker);
    return spare_pid();
}

START_TEST(the_spare_worker_is_there_for_the_next_broker)
{
    pid_t spare = a_spare_is_left();

    test_starts();
    ck_assert_int_eq(worker_pid(), spare);
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    (void)guest_collects();
    ck_assert_uint_eq(test_seen.requests, 1);
    eventually_in_loop(has_spare, &spare, "there is a spare worker again");
}
END_TEST

START_TEST(a_spare_worker_of_another_version_is_ended)
{
    struct state_worker record;
    pid_t spare = a_spare_is_left();

    ck_assert_int_eq(state_worker_load(WORKER_SPARE, &record), 0);
    strcpy(record.program, "0.0.1");
    ck_assert_int_eq(state_worker_save(&record), 0);
    worker_spare();
    process_ends(spare);
    ck_assert(has_spare(&spare));
}
END_TEST

START_TEST(a_spare_worker_that_ends_is_replaced)
{
    pid_t spare = a_spare_is_left();

    worker_spare();
    ck_assert_int_eq(spare_pid(), spare);
    ck_assert_int_eq(kill(spare, SIGKILL), 0);
    eventually_in_loop(has_spare, &spare, "there is another one");
    process_ends(spare);
}
END_TEST

/* It may have to wait for the next guest, and the next broker, for long. */
START_TEST(a_spare_worker_is_left_from_broker_to_broker)
{
    pid_t spare = a_spare_is_left();

    for (int i = 0; i < 3; i++) {
        worker_spare();
        worker_spare_leave();
    }
    ck_assert_int_eq(spare_pid(), spare);
    test_starts();
    ck_assert_int_eq(worker_pid(), spare);
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
}
END_TEST

/* No connection reaches it, and no front's page may have two masters. */
START_TEST(a_worker_that_cannot_be_reached_is_ended)
{
    pid_t broker = broker_start(BROKER_ANSWERS), worker = worker_pid();
    char path[256];

    broker_kill(broker);
    (void)snprintf(path, sizeof(path), "%s/d5.sock", state_dir());
    ck_assert_int_eq(unlink(path), 0);
    ck_assert(!test_adopts());
    ck_assert_int_eq(errno, ENOENT);
    process_ends(worker);
}
END_TEST

START_TEST(a_worker_that_does_not_answer_is_ended)
{
    pid_t broker = broker_start(BROKER_ANSWERS), worker = worker_pid();

    ck_assert_int_eq(kill(worker, SIGSTOP), 0);
    broker_kill(broker);
    ck_assert(test_adopts());
    eventually_in_loop(test_is_gone, NULL, "it is given up");
    process_ends(worker);
    ck_assert_int_eq(worker_pid(), 0);
    test_seen.connected = 0;
    test_starts();
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
}
END_TEST

/* The number of a worker that died long ago is another program's by now. */
START_TEST(nobody_elses_process_is_meant)
{
    pid_t other = fork();
    struct state_worker record = { .domid = GUEST_DOMID, .pid = other };

    if (other == 0)
        for (;;)
            (void)pause();
    record.start = age_start_of(other) + 1;
    ck_assert_int_eq(state_worker_save(&record), 0);
    ck_assert(!test_adopts());
    ck_assert_int_eq(errno, ESRCH);
    ck_assert(process_lives(other));
    ck_assert_int_eq(worker_discard(GUEST_DOMID), 0);
    ck_assert(process_lives(other));
    ck_assert_int_eq(worker_pid(), 0);
    ck_assert_int_eq(kill(other, SIGKILL), 0);
    process_ends(other);
}
END_TEST

static int raw_connection(void)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

    (void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/d5.sock",
                   state_dir());
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    return fd;
}

/* It says what it is, and stays with the guest. */
START_TEST(a_broker_of_another_protocol_is_refused)
{
    struct msg m = { .type = MSG_ADOPT }, said = { 0 };
    pid_t broker = broker_start(BROKER_ANSWERS);
    int fds[MSG_FDS], fd;

    broker_kill(broker);
    fd = raw_connection();
    m.u.adopt.protocol = msg_protocol() + 1;
    ck_assert_int_eq(msg_send(fd, &m, NULL, 0), 0);
    ck_assert_int_eq(msg_receive(fd, &said, fds), 0);
    ck_assert_uint_eq(said.type, MSG_ADOPTED);
    ck_assert_uint_eq(said.u.adopted.protocol, msg_protocol());
    ck_assert_str_eq(said.u.adopted.version, xenpci_version);
    ck_assert_int_eq(msg_receive(fd, &said, fds), -EPIPE);
    (void)close(fd);
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    ck_assert(test_adopts());
    eventually_in_loop(test_is_connected, NULL, "a broker that it understands");
}
END_TEST

/* A child of the dead broker may hold its end of the socket still. */
START_TEST(the_next_broker_wins)
{
    struct msg m = { .type = MSG_ADOPT };
    pid_t broker = broker_start(BROKER_ANSWERS);
    int fd;

    broker_kill(broker);
    fd = raw_connection();
    m.u.adopt.protocol = msg_protocol();
    ck_assert_int_eq(msg_send(fd, &m, NULL, 0), 0);
    ck_assert(test_adopts());
    eventually_in_loop(test_is_connected, NULL, "the second one is connected");
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    (void)close(fd);
    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    (void)guest_collects();
    ck_assert_uint_eq(test_seen.requests, 1);
}
END_TEST

/* Half of what a front published has changed while no broker ran. */
START_TEST(another_page_is_another_workers)
{
    pid_t broker = broker_start(BROKER_ANSWERS), worker = worker_pid();
    struct msg_connect c = { .domid = GUEST_DOMID, .gref = 1, .port = 9 };

    broker_kill(broker);
    test_worker = worker_adopt(GUEST_DOMID, &test_handlers, &test_seen);
    ck_assert_ptr_nonnull(test_worker);
    ck_assert_int_eq(worker_connect(test_worker, &c), 0);
    eventually_in_loop(test_is_gone, NULL, "the worker is ended");
    process_ends(worker);
    ck_assert_uint_eq(test_seen.connected, 0);
    ck_assert_uint_eq(test_seen.captured, 0);
}
END_TEST

static bool nobody(uint16_t domid UNUSED)
{
    return false;
}

static bool everybody(uint16_t domid UNUSED)
{
    return true;
}

START_TEST(what_is_left_of_a_dead_guest_is_ended)
{
    pid_t broker = broker_start(BROKER_ANSWERS), worker = worker_pid();

    broker_kill(broker);
    worker_discard_others(everybody);
    ck_assert(process_lives(worker));
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    worker_discard_others(nobody);
    process_ends(worker);
    ck_assert_int_eq(worker_pid(), 0);
}
END_TEST

TCase *worker_adopt_tests(void)
{
    TCase *tc = tcase_create("adopt");

    tcase_add_test(tc, reads_go_on_without_a_broker);
    tcase_add_test(tc, a_write_waits_for_the_next_broker);
    tcase_add_test(tc, a_request_that_was_asked_is_asked_again);
    tcase_add_test(tc, a_broker_dies_while_it_adopts);
    tcase_add_test(tc, brokers_come_and_go);
    tcase_add_test(tc, both_die_at_once);
    tcase_add_test(tc, the_spare_worker_is_there_for_the_next_broker);
    tcase_add_test(tc, a_spare_worker_of_another_version_is_ended);
    tcase_add_test(tc, a_spare_worker_that_ends_is_replaced);
    tcase_add_test(tc, a_spare_worker_is_left_from_broker_to_broker);
    tcase_add_test(tc, a_worker_that_cannot_be_reached_is_ended);
    tcase_add_test(tc, a_worker_that_does_not_answer_is_ended);
    tcase_add_test(tc, nobody_elses_process_is_meant);
    tcase_add_test(tc, a_broker_of_another_protocol_is_refused);
    tcase_add_test(tc, the_next_broker_wins);
    tcase_add_test(tc, another_page_is_another_workers);
    tcase_add_test(tc, what_is_left_of_a_dead_guest_is_ended);
    return tc;
}
