#!/usr/bin/env bash
# Plays this example in network namespaces: desk1 - head - branch - desk2.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../common/lab.sh" openssl

machine desk1; machine head; machine branch; machine desk2
cable desk1 eth0 10.1.0.10/24 head lan0 10.1.0.1/24
cable head wan0 192.0.2.1/24 branch wan0 192.0.2.2/24
cable branch lan0 10.2.0.1/24 desk2 eth0 10.2.0.10/24
on desk1 ip route add default via 10.1.0.1
on desk2 ip route add default via 10.2.0.1
on head sysctl -qw net.ipv4.ip_forward=1
key head; key branch
"$culvert" genpsk >"$work/preshared.key"
certificate 192.0.2.1
fill gateway.yaml head.conf branch.conf
web_page desk1 10.1.0.10
web_page desk2 10.2.0.10

step "starting the head office's gateway"
ready head head "$culvert" server "$work/gateway.yaml"
gateway=${pids[-1]}
step "bringing the branch's tunnel up"
ready branch branch "$culvert" up "$work/branch.conf"
answers desk2 10.1.0.10
answers desk1 10.2.0.10
expect_page desk1 http://10.2.0.10/ "hello from desk2"
expect_page desk2 http://10.1.0.10/ "hello from desk1"
step "both offices reach each other"

kill -9 "$gateway"; wait "$gateway" 2>/dev/null || true
ready head head2 "$culvert" server "$work/gateway.yaml"
on desk2 ping -n -q -c 1 -i 0.2 -w 30 10.1.0.10 >/dev/null || fail "the tunnel did not come back"
expect_page desk1 http://10.2.0.10/ "hello from desk2"
step "and again, after the gateway was killed and restarted"
step "OK"
