/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest's kernel may ask Xen, for tests in its userspace: Linux's privcmd
 * lets a guest make no call (XSA-482), and a hostile kernel asks nobody.
 *
 *	modprobe rig_calls
 *
 * /sys/module/rig_calls/parameters/call takes "event CMD HEX" or "physdev CMD
 * HEX", the argument's bytes, and reads "RESULT HEX", the bytes afterwards.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include <asm/xen/hypercall.h>

#define SIZE_MAX_ARG 64

static DEFINE_MUTEX(lock);
static u8 arg[SIZE_MAX_ARG];
static size_t arg_size;
static int result;

static int call_set(const char *text, const struct kernel_param *param)
{
	char op[8], hex[2 * SIZE_MAX_ARG + 1];
	unsigned int cmd;
	int rc = 0;

	if (sscanf(text, "%7s %u %128s", op, &cmd, hex) != 3)
		return -EINVAL;
	mutex_lock(&lock);
	arg_size = strlen(hex) / 2;
	if (hex2bin(arg, hex, arg_size) != 0)
		rc = -EINVAL;
	else if (strcmp(op, "event") == 0)
		result = HYPERVISOR_event_channel_op(cmd, arg);
	else if (strcmp(op, "physdev") == 0)
		result = HYPERVISOR_physdev_op(cmd, arg);
	else
		rc = -EINVAL;
	mutex_unlock(&lock);
	return rc;
}

static int call_get(char *text, const struct kernel_param *param)
{
	int n;

	mutex_lock(&lock);
	n = sprintf(text, "%d %*phN\n", result, (int)arg_size, arg);
	mutex_unlock(&lock);
	return n;
}

static const struct kernel_param_ops call_ops = {
	.set = call_set,
	.get = call_get,
};
module_param_cb(call, &call_ops, NULL, 0600);
MODULE_PARM_DESC(call, "a call of Xen's and what came of it");

static int __init calls_init(void)
{
	return 0;
}

static void __exit calls_exit(void)
{
}

module_init(calls_init);
module_exit(calls_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("calls of Xen for tests");
