/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpci attach, detach and list, with xenpcid and the guest played by a
 * script: each idle moment of the command lets the next step happen.
 */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "cli-world.h"
#include "compiler.h"
#include "fake-hyp.h"
#include "fake-store.h"
#include "temp-tree.h"

#define BACK  "/local/domain/0/backend/pci/3/0"
#define FRONT "/local/domain/3/device/pci/0"
#define OWNER "/libxl/pci/0000-01-00-0/domid"
#define OURS  "/xenpci/device/0000-01-00-0"
/* Watched, and without a meaning. */
#define SCRATCH "/local/domain/0/backend/pci/3/scratch"

static const struct cmd attach = {
    .name = "attach",
    .run = cmd_attach,
    .min = 2,
    .max = 2,
    .options = ARGS_JSON | ARGS_TIMEOUT | ARGS_DEVICE,
};

static const struct cmd detach = {
    .name = "detach",
    .run = cmd_detach,
    .min = 2,
    .max = 2,
    .options = ARGS_JSON | ARGS_FORCE | ARGS_TIMEOUT,
};

static const struct cmd list = {
    .name = "list",
    .run = cmd_list,
    .max = 1,
    .options = ARGS_JSON,
};

static const char *const words[] = { "work", WORLD_NVME, NULL };
static const char *const at_once[] = { "work", WORLD_NVME, "--timeout=0",
                                       NULL };
static const char *const nothing[] = { NULL };

/* One node of one moment. The end of a moment is a row without a path. */
struct step {
    const char *path;
    const char *value; /* NULL: remove */
};

static void play(void *arg)
{
    const struct step **script = arg;

    if ((*script)->path == NULL)
        return;
    for (; (*script)->path != NULL; (*script)++) {
        if ((*script)->value != NULL)
            fake_store_set((*script)->path, (*script)->value);
        else
            fake_store_unset((*script)->path);
    }
    if ((*script)[1].path != NULL)
        (*script)++;
}

static void setup(void)
{
    world_make();
    world_start_daemon();
    world_bind(WORLD_NVME, "pciback");
}

static enum exit_code run(const struct cmd *cmd, const char *const *line,
                          const struct step *script)
{
    enum exit_code code;

    fake_store_on_idle(play, &script);
    code = world_run(cmd, line);
    fake_store_on_idle(NULL, NULL);
    return code;
}

static void list_another(const char *state)
{
    fake_store_set(BACK "/state", state);
    fake_store_set(BACK "/num_devs", "1");
    fake_store_set(BACK "/dev-0", "0000:05:00.0");
    fake_store_set(BACK "/state-0", "3");
    fake_store_set(FRONT "/state", "4");
}

static const struct step nobody[] = { { NULL, NULL }, { NULL, NULL } };

/* The first moment is before anything is listed: nothing happens. */
static const struct step whole[] = {
    { SCRATCH, "1" },
    { NULL, NULL },
    { BACK "/vdev-0", "0000:00:00.00" },
    { BACK "/root_num", "1" },
    { BACK "/state-0", "3" },
    { BACK "/state", "3" },
    { NULL, NULL },
    { FRONT "/state", "3" },
    { NULL, NULL },
    { BACK "/state", "4" },
    { NULL, NULL },
    { NULL, NULL },
};

START_TEST(attach_to_a_running_guest)
{
    ck_assert_int_eq(run(&attach, words, whole), EXIT_DONE);
    ck_assert_str_eq(fake_store_get(OWNER), "3");
    ck_assert_str_eq(fake_store_get(OURS "/domid"), "3");
    ck_assert_str_eq(fake_store_get(OURS "/uuid"),
                     "00000000-0000-0000-0000-000000000000");
    ck_assert_str_eq(fake_store_get(BACK "/opts-0"),
                     "msitranslate=0,power_mgmt=0,permissive=0,"
                     "rdm_policy=strict");
    ck_assert_ptr_nonnull(
        strstr(world_json(), "\"guest_address\":\"0000:00:00.0\""));
    ck_assert_ptr_nonnull(strstr(world_json(), "\"domid\":3"));
}
END_TEST

static const struct step exported_only[] = {
    { SCRATCH, "1" },
    { NULL, NULL },
    { BACK "/vdev-0", "0000:00:00.00" },
    { BACK "/state-0", "3" },
    { BACK "/state", "3" },
    { NULL, NULL },
    { NULL, NULL },
};

START_TEST(attach_to_a_paused_guest)
{
    fake_hyp.domains[3].paused = true;
    ck_assert_int_eq(run(&attach, words, exported_only), EXIT_DONE);
    ck_assert_str_eq(fake_store_get(BACK "/state"), "3");
}
END_TEST

/* xenpcid never gets to it: nothing is undone behind its back. */
START_TEST(attach_times_out)
{
    ck_assert_int_eq(run(&attach, at_once, nobody), EXIT_TIMED_OUT);
    ck_assert_str_eq(fake_store_get(OWNER), "3");
    ck_assert_str_eq(fake_store_get(BACK "/state-0"), "1");
}
END_TEST

static const struct step failing[] = {
    { SCRATCH, "1" },
    { NULL, NULL },
    { OURS "/error", "it cannot be reset" },
    { BACK "/state-0", "6" },
    { NULL, NULL },
    { NULL, NULL },
};

START_TEST(attach_rolls_back)
{
    ck_assert_int_eq(run(&attach, words, failing), EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(world_out.cause, "it cannot be reset"));
    ck_assert_ptr_null(fake_store_get(OWNER));
    ck_assert_ptr_null(fake_store_get(OURS "/domid"));
    ck_assert_ptr_null(fake_store_get(BACK "/state"));
    ck_assert_ptr_null(fake_store_get(FRONT "/state"));
}
END_TEST

static const struct step dying[] = {
    { SCRATCH, "1" }, { NULL, NULL }, { "/local/domain/3", NULL },
    { BACK, NULL },   { NULL, NULL }, { NULL, NULL },
};

/* Into a connected pair: the nodes stay until the guest is back at 4. */
static const struct step failing_hot[] = {
    { SCRATCH, "1" },       { NULL, NULL },         { BACK "/state-1", "6" },
    { NULL, NULL },         { BACK "/state", "8" }, { NULL, NULL },
    { BACK "/state", "4" }, { NULL, NULL },         { NULL, NULL },
};

START_TEST(attach_rolls_back_after_the_handshake)
{
    list_another("4");
    ck_assert_int_eq(run(&attach, words, failing_hot), EXIT_FAILED);
    ck_assert_str_eq(fake_store_get(BACK "/state"), "4");
    ck_assert_str_eq(fake_store_get(BACK "/num_devs"), "1");
    ck_assert_ptr_null(fake_store_get(BACK "/dev-1"));
    ck_assert_ptr_null(fake_store_get(OWNER));
}
END_TEST

START_TEST(attach_to_a_guest_that_dies)
{
    ck_assert_int_eq(run(&attach, words, dying), EXIT_FAILED);
}
END_TEST

/* Another device is on its way (state 7); ours follows when that is over. */
static const struct step busy[] = {
    { SCRATCH, "1" },
    { NULL, NULL },
    { BACK "/state", "4" },
    { NULL, NULL },
    { BACK "/vdev-1", "0000:00:01.03" },
    { BACK "/state-1", "3" },
    { BACK "/state", "8" },
    { NULL, NULL },
    { BACK "/state", "4" },
    { NULL, NULL },
    { NULL, NULL },
};

START_TEST(attach_waits_for_its_turn)
{
    list_another("7");
    ck_assert_int_eq(run(&attach, words, busy), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(world_json(), "0000:00:01.3"));
    list_another("7");
}
END_TEST

START_TEST(attach_never_gets_its_turn)
{
    list_another("7");
    ck_assert_int_eq(run(&attach, at_once, nobody), EXIT_TIMED_OUT);
    ck_assert_ptr_null(fake_store_get(OWNER));
    ck_assert_ptr_null(fake_store_get(BACK "/dev-1"));
}
END_TEST

START_TEST(attach_to_a_closed_pair)
{
    list_another("6");
    ck_assert_int_eq(run(&attach, words, nobody), EXIT_BUSY);
    ck_assert_ptr_null(fake_store_get(OWNER));
    /* damaged nodes */
    list_another("4");
    fake_store_set(BACK "/num_devs", "many");
    ck_assert_int_eq(run(&attach, words, nobody), EXIT_FAILED);
    ck_assert_ptr_null(fake_store_get(OWNER));
}
END_TEST

/* xl wrote its nodes but not its claim: somebody else's listing stays. */
START_TEST(attach_of_a_listed_device)
{
    list_another("4");
    fake_store_set(BACK "/dev-0", "0000:01:00.0");
    ck_assert_int_eq(run(&attach, words, nobody), EXIT_BUSY);
    ck_assert_ptr_null(fake_store_get(OWNER));
    ck_assert_str_eq(fake_store_get(BACK "/dev-0"), "0000:01:00.0");
}
END_TEST

static const struct {
    const char *what;
    enum exit_code code;
} refusals[] = {
    { "no daemon", EXIT_UNSUPPORTED },  { "dead daemon", EXIT_UNSUPPORTED },
    { "hvm", EXIT_UNSUPPORTED },        { "no iommu", EXIT_UNSUPPORTED },
    { "taken in Xen", EXIT_BUSY },      { "shut down", EXIT_BUSY },
    { "no domain", EXIT_NOT_FOUND },    { "kernel serves", EXIT_REFUSED },
    { "not assignable", EXIT_REFUSED }, { "unbound", EXIT_REFUSED },
    { "other owner", EXIT_BUSY },       { "attached", EXIT_BUSY },
    { "vanished", EXIT_NOT_FOUND },
};

static void spoil(const char *what)
{
    if (strcmp(what, "no daemon") == 0)
        fake_store_unset("/xenpci/daemon");
    else if (strcmp(what, "dead daemon") == 0)
        world_stop_daemon();
    else if (strcmp(what, "hvm") == 0)
        fake_hyp.domains[3].hvm = true;
    else if (strcmp(what, "no iommu") == 0)
        fake_hyp.test_ret = -EOPNOTSUPP;
    else if (strcmp(what, "taken in Xen") == 0)
        fake_hyp.test_ret = -EINVAL;
    else if (strcmp(what, "shut down") == 0)
        fake_hyp.domains[3].shutdown = true;
    else if (strcmp(what, "no domain") == 0)
        fake_hyp.domains[3].exists = false;
    else if (strcmp(what, "kernel serves") == 0)
        temp_tree_dir("bus/xen-backend/devices/pci-3-0/driver");
    else if (strcmp(what, "not assignable") == 0)
        world_bind(WORLD_NVME, "nvme");
    else if (strcmp(what, "unbound") == 0)
        world_bind(WORLD_NVME, NULL);
    else if (strcmp(what, "attached") == 0)
        fake_store_set(OWNER, "3");
    else if (strcmp(what, "other owner") == 0)
        fake_store_set(OWNER, "0");
    else if (strcmp(what, "vanished") == 0)
        temp_tree_remove("bus/pci/devices/0000:01:00.0");
}

START_TEST(attach_refuses)
{
    char *before;
    char *after;

    spoil(refusals[_i].what);
    before = fake_store_dump("/");
    ck_assert_msg(run(&attach, words, nobody) == refusals[_i].code, "%s: %s",
                  refusals[_i].what, world_out.cause);
    ck_assert_uint_gt(strlen(world_out.cause), 0);
    ck_assert_uint_gt(strlen(world_out.next), 0);
    after = fake_store_dump("/");
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

START_TEST(dom0_gets_nothing)
{
    static const char *const line[] = { "0", WORLD_NVME, NULL };

    ck_assert_int_eq(run(&attach, line, nobody), EXIT_REFUSED);
}
END_TEST

/* ---- detach ---- */

static void attached(const char *state)
{
    list_another(state);
    fake_store_set(BACK "/num_devs", "2");
    fake_store_set(BACK "/dev-1", "0000:01:00.0");
    fake_store_set(BACK "/vdev-1", "0000:00:01.00");
    fake_store_set(BACK "/state-1", "3");
    fake_store_set(OWNER, "3");
    fake_store_set(OURS "/domid", "3");
}

static const struct step released[] = {
    { SCRATCH, "1" },        { NULL, NULL },         { FRONT "/state", "7" },
    { NULL, NULL },          { BACK "/state", "8" }, { NULL, NULL },
    { FRONT "/state", "4" }, { NULL, NULL },         { BACK "/state", "4" },
    { NULL, NULL },          { NULL, NULL },
};

START_TEST(detach_asks_first)
{
    attached("4");
    ck_assert_int_eq(run(&detach, words, released), EXIT_DONE);
    ck_assert_str_eq(fake_store_get(BACK "/num_devs"), "1");
    ck_assert_str_eq(fake_store_get(BACK "/dev-0"), "0000:05:00.0");
    ck_assert_ptr_null(fake_store_get(BACK "/dev-1"));
    ck_assert_ptr_null(fake_store_get(OWNER));
    ck_assert_ptr_null(fake_store_get(OURS "/domid"));
}
END_TEST

START_TEST(detach_times_out_and_can_be_repeated)
{
    attached("4");
    ck_assert_int_eq(run(&detach, at_once, nobody), EXIT_TIMED_OUT);
    ck_assert_str_eq(fake_store_get(BACK "/state-1"), "5");
    ck_assert_str_eq(fake_store_get(BACK "/state"), "7");
    ck_assert_str_eq(fake_store_get(OWNER), "3");
    ck_assert_ptr_nonnull(strstr(world_out.next, "--force"));
    ck_assert_int_eq(run(&detach, words, released), EXIT_DONE);
    ck_assert_ptr_null(fake_store_get(OWNER));
}
END_TEST

static const struct step hurried[] = {
    { SCRATCH, "1" }, { NULL, NULL },         { BACK "/state-1", "6" },
    { NULL, NULL },   { BACK "/state", "4" }, { NULL, NULL },
    { NULL, NULL },
};

START_TEST(detach_by_force)
{
    static const char *const line[] = { "3", WORLD_NVME, "--force", NULL };
    static const char *const line_at_once[] = { "3", WORLD_NVME, "--force",
                                                "--timeout=0", NULL };

    attached("4");
    ck_assert_int_eq(run(&detach, line_at_once, nobody), EXIT_TIMED_OUT);
    ck_assert_ptr_nonnull(fake_store_get(OURS "/force"));
    ck_assert_int_eq(run(&detach, line, hurried), EXIT_DONE);
    ck_assert_ptr_null(fake_store_get(OURS "/force"));
}
END_TEST

/* A paused guest: xenpcid answers 7 with 3, no front takes part. */
static const struct step unconnected[] = {
    { SCRATCH, "1" }, { NULL, NULL }, { BACK "/state", "3" },
    { NULL, NULL },   { NULL, NULL },
};

START_TEST(detach_before_the_guest_connected)
{
    attached("3");
    ck_assert_int_eq(run(&detach, words, unconnected), EXIT_DONE);
    ck_assert_ptr_null(fake_store_get(OWNER));
}
END_TEST

START_TEST(detach_of_what_xl_attached)
{
    attached("4");
    fake_store_unset("/xenpci/device");
    ck_assert_int_eq(run(&detach, words, released), EXIT_DONE);
    ck_assert_ptr_null(fake_store_get(OWNER));
}
END_TEST

START_TEST(detach_from_a_dead_domain)
{
    attached("4");
    fake_hyp.domains[3].exists = false;
    world_stop_daemon();
    ck_assert_int_eq(run(&detach, words, nobody), EXIT_DONE);
    ck_assert_ptr_null(fake_store_get(OWNER));
    ck_assert_ptr_null(fake_store_get(BACK "/dev-1"));
}
END_TEST

START_TEST(detach_refuses)
{
    static const char *const other[] = { "work", "05:00.1", NULL };

    ck_assert_int_eq(run(&detach, words, nobody), EXIT_NOT_FOUND);
    attached("4");
    ck_assert_int_eq(run(&detach, other, nobody), EXIT_NOT_FOUND);
    world_stop_daemon();
    ck_assert_int_eq(run(&detach, words, nobody), EXIT_UNSUPPORTED);
    temp_tree_dir("bus/xen-backend/devices/pci-3-0/driver");
    ck_assert_int_eq(run(&detach, words, nobody), EXIT_REFUSED);
    ck_assert_str_eq(fake_store_get(BACK "/state-1"), "3");
}
END_TEST

START_TEST(list_in_json)
{
    ck_assert_int_eq(world_run(&list, nothing), EXIT_DONE);
    ck_assert_str_eq(world_json(), "{\"domains\":[]}");
    attached("4");
    fake_store_set("/local/domain/0/backend/pci/rubbish/0/state", "4");
    ck_assert_int_eq(world_run(&list, nothing), EXIT_DONE);
    ck_assert_ptr_nonnull(
        strstr(world_json(), "{\"domains\":[{\"domid\":3,\"name\":\"work\","
                             "\"state\":\"Connected\",\"server\":\"xenpcid\","
                             "\"devices\":[{\"address\":\"0000:05:00.0\""));
    ck_assert_ptr_nonnull(strstr(world_json(),
                                 "\"state\":\"Initialised\","
                                 "\"guest_address\":\"0000:00:01.0\""));
    ck_assert_ptr_nonnull(strstr(world_json(), "\"attached_by\":\"xl\""));
    ck_assert_ptr_nonnull(strstr(world_json(), "\"attached_by\":\"xenpci\""));
    temp_tree_dir("bus/xen-backend/devices/pci-3-0/driver");
    ck_assert_int_eq(world_run(&list, nothing), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(world_json(), "\"server\":\"kernel\""));
}
END_TEST

static TCase *cases(void)
{
    TCase *tc = tcase_create("attach");

    tcase_add_checked_fixture(tc, setup, world_drop);
    tcase_add_test(tc, attach_to_a_running_guest);
    tcase_add_test(tc, attach_to_a_paused_guest);
    tcase_add_test(tc, attach_times_out);
    tcase_add_test(tc, attach_rolls_back);
    tcase_add_test(tc, attach_rolls_back_after_the_handshake);
    tcase_add_test(tc, attach_to_a_guest_that_dies);
    tcase_add_test(tc, attach_waits_for_its_turn);
    tcase_add_test(tc, attach_never_gets_its_turn);
    tcase_add_test(tc, attach_to_a_closed_pair);
    tcase_add_test(tc, attach_of_a_listed_device);
    tcase_add_loop_test(tc, attach_refuses, 0, ARRAY_LEN(refusals));
    tcase_add_test(tc, dom0_gets_nothing);
    tcase_add_test(tc, detach_asks_first);
    tcase_add_test(tc, detach_times_out_and_can_be_repeated);
    tcase_add_test(tc, detach_by_force);
    tcase_add_test(tc, detach_before_the_guest_connected);
    tcase_add_test(tc, detach_of_what_xl_attached);
    tcase_add_test(tc, detach_from_a_dead_domain);
    tcase_add_test(tc, detach_refuses);
    tcase_add_test(tc, list_in_json);
    return tc;
}

int main(void)
{
    Suite *suite = suite_create("attach");
    SRunner *runner;
    int failed;

    suite_add_tcase(suite, cases());
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
