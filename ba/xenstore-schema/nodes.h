/* SPDX-License-Identifier: MIT */
/* Generated from pci.schema by gen.py; do not edit. */
#ifndef XENSTORE_SCHEMA_NODES_H
#define XENSTORE_SCHEMA_NODES_H

/* The back directory. */
#define XS_BACK_ROOT "/local/domain/0/backend/pci"
#define XS_BACK_DOMAIN "/local/domain/0/backend/pci/%u" /* domid */
#define XS_BACK_DIR "/local/domain/0/backend/pci/%u/0" /* domid */
#define XS_BACK_FRONTEND "/local/domain/0/backend/pci/%u/0/frontend" /* domid */
#define XS_BACK_FRONTEND_ID "/local/domain/0/backend/pci/%u/0/frontend-id" /* domid */
#define XS_BACK_ONLINE "/local/domain/0/backend/pci/%u/0/online" /* domid */
#define XS_BACK_DOMAIN_NAME "/local/domain/0/backend/pci/%u/0/domain" /* domid */
#define XS_BACK_STATE "/local/domain/0/backend/pci/%u/0/state" /* domid */
#define XS_BACK_NUM_DEVS "/local/domain/0/backend/pci/%u/0/num_devs" /* domid */
#define XS_BACK_KEY "/local/domain/0/backend/pci/%u/0/key-%u" /* domid, index */
#define XS_BACK_DEV "/local/domain/0/backend/pci/%u/0/dev-%u" /* domid, index */
#define XS_BACK_VDEVFN "/local/domain/0/backend/pci/%u/0/vdevfn-%u" /* domid, index */
#define XS_BACK_OPTS "/local/domain/0/backend/pci/%u/0/opts-%u" /* domid, index */
#define XS_BACK_NAME "/local/domain/0/backend/pci/%u/0/name-%u" /* domid, index */
#define XS_BACK_STATE_N "/local/domain/0/backend/pci/%u/0/state-%u" /* domid, index */
#define XS_BACK_VDEV "/local/domain/0/backend/pci/%u/0/vdev-%u" /* domid, index */
#define XS_BACK_ROOT_NUM "/local/domain/0/backend/pci/%u/0/root_num" /* domid */
#define XS_BACK_ROOT_N "/local/domain/0/backend/pci/%u/0/root-%u" /* domid, index */
#define XS_BACK_AER_STATE "/local/domain/0/backend/pci/%u/0/aerState" /* domid */

/* The front directory. */
#define XS_DOMAINS "/local/domain"
#define XS_DOMAIN_DIR "/local/domain/%u" /* domid */
#define XS_DOMAIN_NAME "/local/domain/%u/name" /* domid */
#define XS_DOMAIN_VM "/local/domain/%u/vm" /* domid */
#define XS_FRONT_PARENT "/local/domain/%u/device/pci" /* domid */
#define XS_FRONT_DIR "/local/domain/%u/device/pci/0" /* domid */
#define XS_FRONT_BACKEND "/local/domain/%u/device/pci/0/backend" /* domid */
#define XS_FRONT_BACKEND_ID "/local/domain/%u/device/pci/0/backend-id" /* domid */
#define XS_FRONT_STATE "/local/domain/%u/device/pci/0/state" /* domid */
#define XS_FRONT_PCI_OP_REF "/local/domain/%u/device/pci/0/pci-op-ref" /* domid */
#define XS_FRONT_EVENT_CHANNEL "/local/domain/%u/device/pci/0/event-channel" /* domid */
#define XS_FRONT_MAGIC "/local/domain/%u/device/pci/0/magic" /* domid */

/* Errors. */
#define XS_ERROR_BACK "/local/domain/0/error/backend/pci/%u/0/error" /* domid */

/* Devices, as libxl keeps them. */
#define XS_LIBXL_ROOT "/libxl/pci"
#define XS_LIBXL_DIR "/libxl/pci/%s" /* bdf */
#define XS_LIBXL_DOMID "/libxl/pci/%s/domid" /* bdf */
#define XS_LIBXL_DRIVER_PATH "/libxl/pci/%s/driver_path" /* bdf */
#define XS_LIBXL_NAME "/libxl/pci/%s/name" /* bdf */

/* xenpci's own nodes. */
#define XS_XENPCI_ROOT "/xenpci"
#define XS_DAEMON_DIR "/xenpci/daemon"
#define XS_DAEMON_PID "/xenpci/daemon/pid"
#define XS_DAEMON_VERSION "/xenpci/daemon/version"
#define XS_DEVICE_ROOT "/xenpci/device"
#define XS_DEVICE_DIR "/xenpci/device/%s" /* bdf */
#define XS_DEVICE_DOMID "/xenpci/device/%s/domid" /* bdf */
#define XS_DEVICE_UUID "/xenpci/device/%s/uuid" /* bdf */
#define XS_DEVICE_OPTIONS "/xenpci/device/%s/options" /* bdf */
#define XS_DEVICE_FORCE "/xenpci/device/%s/force" /* bdf */
#define XS_DEVICE_ERROR "/xenpci/device/%s/error" /* bdf */

/* Watches. */
#define XS_WATCH_RELEASE "@releaseDomain"
#define XS_WATCH_INTRODUCE "@introduceDomain"

/* Last components, for paths below a directory known otherwise. */
#define XS_LEAF_BACK_ROOT "pci"
#define XS_LEAF_BACK_DOMAIN "%u"
#define XS_LEAF_BACK_DIR "0"
#define XS_LEAF_BACK_FRONTEND "frontend"
#define XS_LEAF_BACK_FRONTEND_ID "frontend-id"
#define XS_LEAF_BACK_ONLINE "online"
#define XS_LEAF_BACK_DOMAIN_NAME "domain"
#define XS_LEAF_BACK_STATE "state"
#define XS_LEAF_BACK_NUM_DEVS "num_devs"
#define XS_LEAF_BACK_KEY "key-%u"
#define XS_LEAF_BACK_DEV "dev-%u"
#define XS_LEAF_BACK_VDEVFN "vdevfn-%u"
#define XS_LEAF_BACK_OPTS "opts-%u"
#define XS_LEAF_BACK_NAME "name-%u"
#define XS_LEAF_BACK_STATE_N "state-%u"
#define XS_LEAF_BACK_VDEV "vdev-%u"
#define XS_LEAF_BACK_ROOT_NUM "root_num"
#define XS_LEAF_BACK_ROOT_N "root-%u"
#define XS_LEAF_BACK_AER_STATE "aerState"
#define XS_LEAF_DOMAINS "domain"
#define XS_LEAF_DOMAIN_DIR "%u"
#define XS_LEAF_DOMAIN_NAME "name"
#define XS_LEAF_DOMAIN_VM "vm"
#define XS_LEAF_FRONT_PARENT "pci"
#define XS_LEAF_FRONT_DIR "0"
#define XS_LEAF_FRONT_BACKEND "backend"
#define XS_LEAF_FRONT_BACKEND_ID "backend-id"
#define XS_LEAF_FRONT_STATE "state"
#define XS_LEAF_FRONT_PCI_OP_REF "pci-op-ref"
#define XS_LEAF_FRONT_EVENT_CHANNEL "event-channel"
#define XS_LEAF_FRONT_MAGIC "magic"
#define XS_LEAF_ERROR_BACK "error"
#define XS_LEAF_LIBXL_ROOT "pci"
#define XS_LEAF_LIBXL_DIR "%s"
#define XS_LEAF_LIBXL_DOMID "domid"
#define XS_LEAF_LIBXL_DRIVER_PATH "driver_path"
#define XS_LEAF_LIBXL_NAME "name"
#define XS_LEAF_XENPCI_ROOT "xenpci"
#define XS_LEAF_DAEMON_DIR "daemon"
#define XS_LEAF_DAEMON_PID "pid"
#define XS_LEAF_DAEMON_VERSION "version"
#define XS_LEAF_DEVICE_ROOT "device"
#define XS_LEAF_DEVICE_DIR "%s"
#define XS_LEAF_DEVICE_DOMID "domid"
#define XS_LEAF_DEVICE_UUID "uuid"
#define XS_LEAF_DEVICE_OPTIONS "options"
#define XS_LEAF_DEVICE_FORCE "force"
#define XS_LEAF_DEVICE_ERROR "error"

/* Rows of schema_nodes; "none" ends a chain of parents. */
enum schema_id {
    SCHEMA_BACK_ROOT,
    SCHEMA_BACK_DOMAIN,
    SCHEMA_BACK_DIR,
    SCHEMA_BACK_FRONTEND,
    SCHEMA_BACK_FRONTEND_ID,
    SCHEMA_BACK_ONLINE,
    SCHEMA_BACK_DOMAIN_NAME,
    SCHEMA_BACK_STATE,
    SCHEMA_BACK_NUM_DEVS,
    SCHEMA_BACK_KEY,
    SCHEMA_BACK_DEV,
    SCHEMA_BACK_VDEVFN,
    SCHEMA_BACK_OPTS,
    SCHEMA_BACK_NAME,
    SCHEMA_BACK_STATE_N,
    SCHEMA_BACK_VDEV,
    SCHEMA_BACK_ROOT_NUM,
    SCHEMA_BACK_ROOT_N,
    SCHEMA_BACK_AER_STATE,
    SCHEMA_DOMAINS,
    SCHEMA_DOMAIN_DIR,
    SCHEMA_DOMAIN_NAME,
    SCHEMA_DOMAIN_VM,
    SCHEMA_FRONT_PARENT,
    SCHEMA_FRONT_DIR,
    SCHEMA_FRONT_BACKEND,
    SCHEMA_FRONT_BACKEND_ID,
    SCHEMA_FRONT_STATE,
    SCHEMA_FRONT_PCI_OP_REF,
    SCHEMA_FRONT_EVENT_CHANNEL,
    SCHEMA_FRONT_MAGIC,
    SCHEMA_ERROR_BACK,
    SCHEMA_LIBXL_ROOT,
    SCHEMA_LIBXL_DIR,
    SCHEMA_LIBXL_DOMID,
    SCHEMA_LIBXL_DRIVER_PATH,
    SCHEMA_LIBXL_NAME,
    SCHEMA_XENPCI_ROOT,
    SCHEMA_DAEMON_DIR,
    SCHEMA_DAEMON_PID,
    SCHEMA_DAEMON_VERSION,
    SCHEMA_DEVICE_ROOT,
    SCHEMA_DEVICE_DIR,
    SCHEMA_DEVICE_DOMID,
    SCHEMA_DEVICE_UUID,
    SCHEMA_DEVICE_OPTIONS,
    SCHEMA_DEVICE_FORCE,
    SCHEMA_DEVICE_ERROR,
    SCHEMA_NONE,
};
#define SCHEMA_COUNT 48

enum schema_type_id {
    SCHEMA_TYPE_DIR,
    SCHEMA_TYPE_STATE,
    SCHEMA_TYPE_NUMBER,
    SCHEMA_TYPE_HEX,
    SCHEMA_TYPE_BOOL,
    SCHEMA_TYPE_TEXT,
    SCHEMA_TYPE_PATH,
    SCHEMA_TYPE_BDF,
    SCHEMA_TYPE_VBDF,
    SCHEMA_TYPE_BUS,
    SCHEMA_TYPE_MAGIC,
    SCHEMA_TYPE_ERROR,
    SCHEMA_TYPE_AER,
    SCHEMA_TYPE_UUID,
    SCHEMA_TYPE_FLAG,
};
#define SCHEMA_TYPE_COUNT 15

#endif
