# shellcheck shell=sh
# case: experiment
# timeout: 400
disk=$(rig-bdf nvme)
net=$(rig-bdf e1000e)
start_daemon
hold "$disk" "$net"
honest_start "$net"
rogue_start "$disk"
rogue connect
cpu()
{
  for p in $(daemon_pid) $(pidof xenpcid) $(pidof xenstored); do echo "$p $(tr '\0' ' ' </proc/$p/cmdline) $(cut -d' ' -f14,15 /proc/$p/stat)"; done; head -n 1 /proc/stat
}
for w in 256 4096; do
xl sched-credit2 -d 0 -w $w
honest_while 'quiet' sleep 5
for what in nothing events requests states nodes; do
	cpu
	honest_while "a flood of $what" rogue flood $what 5
done
done
cpu
honest_lines
honest_end
rogue_end
