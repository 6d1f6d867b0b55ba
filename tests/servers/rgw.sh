#!/usr/bin/env bash
# A throw-away Ceph RADOS Gateway (S3) on 127.0.0.1: one monitor, one OSD, one radosgw.
#
#   rgw.sh start DIR PORT    start it (or leave it running), wait until it serves S3
#   rgw.sh stop DIR          stop it by its pid files
#   rgw.sh status DIR        show which daemons run
#   rgw.sh run DIR PORT      start, print the address and the keys, stop when standard input ends
#
# Needs (Debian 12): apt-get install -y --no-install-recommends radosgw ceph-mon ceph-osd
# No systemd, no manager daemon, no cephx, no root; all state, logs and pid files are in DIR.
# Environment, read at "start":
#   RGW_ACCESS_KEY, RGW_SECRET_KEY   the user's keys
#   RGW_STORE   memstore (default: fast, starts empty each time) or bluestore (a file, persistent)
#   RGW_DISK    size of the store in bytes (bluestore: a sparse file)
#   RGW_STS     true: session tokens and AssumeRole work, but then every failed signature
#               gets AccessDenied, not SignatureDoesNotMatch or InvalidAccessKeyId
set -Eeuo pipefail

ACCESS_KEY=${RGW_ACCESS_KEY:-rgwaccesskey}
SECRET_KEY=${RGW_SECRET_KEY:-rgwsecretkey}
STORE=${RGW_STORE:-memstore}
DISK=${RGW_DISK:-8589934592}
STS=${RGW_STS:-false}

die() { echo "rgw.sh: $*" >&2; exit 1; }
usage() { sed -n '4,7s/^# *//p' "$0" >&2; exit 2; }

# True if the daemon of pid file $1 runs and is ours (its command line names our ceph.conf).
running() {
    local pid
    pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] &&
        tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF "$DIR/ceph.conf"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# True if S3 answers an anonymous ListBuckets with 200.
answers() {
    local line
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
    read -r -t 5 line <&3 || line=
    exec 3>&-
    [[ $line == *" 200 "* ]]
}

# wait_for SECONDS COMMAND...
wait_for() {
    local end=$((SECONDS + $1)); shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}

write_conf() {
    cat >"$DIR/ceph.conf" <<CONF
[global]
fsid = $FSID
mon_host = v2:127.0.0.1:$MON_PORT
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
ms_bind_port_min = $((MON_PORT + 1))
ms_bind_port_max = $((MON_PORT + 200))
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
keyring = /dev/null
# radosgw wants an encrypted connection to the monitor, which "none" does not offer
ms_mon_client_mode = crc
client_mount_timeout = 60
run_dir = $DIR/run
pid_file = $DIR/run/\$type.pid
admin_socket =
log_file = $DIR/log/\$type.log
mon_cluster_log_file = $DIR/log/cluster.log
crash_dir = $DIR/crash
# one copy of everything on one OSD, few placement groups
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
# commit map changes at once, not once a second
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0

[mon]
mon_data = $DIR/mon

[osd]
osd_data = $DIR/osd
osd_objectstore = $STORE
bluestore_block_size = $DISK
memstore_device_bytes = $DISK
bluestore_cache_autotune = false
bluestore_cache_size = 134217728

[client]
pid_file =
log_file =

[client.rgw]
pid_file = $DIR/run/rgw.pid
log_file = $DIR/log/rgw.log
rgw_data = $DIR/rgw
rgw_frontends = beast endpoint=127.0.0.1:$PORT
rgw_thread_pool_size = 64
rgw_dns_name = localhost
rgw_crypt_require_ssl = false
rgw_s3_auth_use_sts = $STS
rgw_sts_key = 0123456789abcdef
# a "day" of a lifecycle rule lasts 10 s
rgw_lc_debug_interval = 10
rgw_lc_max_worker = 1
# free deleted data within seconds instead of two hours: the store is in memory
rgw_gc_obj_min_wait = 5
rgw_gc_processor_period = 5
rgw_gc_processor_max_time = 5
CONF
}

start() {
    local conf=$DIR/ceph.conf
    if running "$DIR/run/rgw.pid"; then
        [ "$(cat "$DIR/port")" = "$PORT" ] || die "already up, on port $(cat "$DIR/port")"
        wait_for 60 answers "$PORT" || die "runs but does not answer; see $DIR/log"
        return
    fi
    port_taken "$PORT" && die "port $PORT is taken"
    # A memory store is lost with its OSD: start from scratch.
    if [ "$(cat "$DIR/store" 2>/dev/null)" = memstore ]; then
        stop
        rm -rf "$DIR"/{mon,osd,rgw}
    fi
    [ -e "$DIR/osd/.made" ] && STORE=$(cat "$DIR/store")
    mkdir -p "$DIR"/{run,log,crash,mon,osd,rgw}
    echo "$STORE" >"$DIR/store"

    # The monitor map holds the monitor's address, so its port is chosen once.
    [ -s "$DIR/fsid" ] || cat /proc/sys/kernel/random/uuid >"$DIR/fsid"
    if [ ! -s "$DIR/mon_port" ]; then
        MON_PORT=$((PORT + 1))
        while port_taken "$MON_PORT"; do MON_PORT=$((MON_PORT + 1)); done
        echo "$MON_PORT" >"$DIR/mon_port"
    fi
    FSID=$(cat "$DIR/fsid") MON_PORT=$(cat "$DIR/mon_port")
    echo "$PORT" >"$DIR/port"
    write_conf

    if [ ! -e "$DIR/mon/.made" ]; then
        rm -rf "$DIR/mon" && mkdir "$DIR/mon"
        monmaptool --create --clobber --fsid "$FSID" --addv a "[v2:127.0.0.1:$MON_PORT]" \
            "$DIR/monmap" >>"$DIR/log/setup.log" 2>&1
        ceph-mon -c "$conf" -i a --mkfs --monmap "$DIR/monmap" >>"$DIR/log/setup.log" 2>&1
        touch "$DIR/mon/.made"
    fi
    running "$DIR/run/mon.pid" || ceph-mon -c "$conf" -i a >>"$DIR/log/setup.log" 2>&1

    if [ ! -e "$DIR/osd/.made" ]; then
        rm -rf "$DIR/osd" && mkdir "$DIR/osd"
        timeout 60 ceph -c "$conf" osd new "$FSID" 0 >>"$DIR/log/setup.log" 2>&1
        ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$FSID" >>"$DIR/log/setup.log" 2>&1
        touch "$DIR/osd/.made"
    fi
    running "$DIR/run/osd.pid" || ceph-osd -c "$conf" -i 0 >>"$DIR/log/setup.log" 2>&1

    radosgw -c "$conf" -n client.rgw >>"$DIR/log/setup.log" 2>&1
    wait_for 120 answers "$PORT" || die "no answer on port $PORT; see $DIR/log"

    if [ ! -e "$DIR/rgw/.user" ]; then
        timeout 120 radosgw-admin -c "$conf" user create --uid=tester --display-name=Tester \
            --access-key="$ACCESS_KEY" --secret-key="$SECRET_KEY" \
            --caps='roles=*;user-policy=*' >>"$DIR/log/setup.log" 2>&1
        touch "$DIR/rgw/.user"
    fi
}

stop() {
    local name pid
    for name in rgw osd mon; do
        running "$DIR/run/$name.pid" || continue
        pid=$(cat "$DIR/run/$name.pid")
        kill "$pid"
        if ! wait_for 10 gone "$name"; then
            echo "rgw.sh: $name (pid $pid) does not stop, killing it" >&2
            kill -9 "$pid"
            wait_for 5 gone "$name" || true
        fi
        rm -f "$DIR/run/$name.pid"
    done
}

gone() { ! running "$DIR/run/$1.pid"; }     # a zombie has no command line, so it counts as gone

status() {
    local name
    for name in mon osd rgw; do
        if running "$DIR/run/$name.pid"; then echo "$name $(cat "$DIR/run/$name.pid")"
        else echo "$name down"; fi
    done
}

[ $# -ge 2 ] || usage
DIR=$(realpath -m "$2")
trap 'echo "rgw.sh: failed at line $LINENO; see $DIR/log" >&2' ERR
case $1 in
    run) [ $# -eq 3 ] || usage
         PORT=$3
         # Also stop if the start fails half way or a signal arrives.
         trap stop EXIT
         trap 'exit 0' INT TERM
         start
         echo "http://127.0.0.1:$PORT $ACCESS_KEY $SECRET_KEY"
         while read -r _; do :; done ;;
    start) [ $# -eq 3 ] || usage
           PORT=$3; start
           echo "http://127.0.0.1:$PORT $ACCESS_KEY $SECRET_KEY" ;;
    stop) stop ;;
    status) status ;;
    *) usage ;;
esac
