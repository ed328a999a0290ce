#!/usr/bin/env bash
# Plays this example in network namespaces: desk, phone - gateway - world and the network behind.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../common/lab.sh" openssl setpriv

machine desk; machine phone; machine gateway; machine world; machine behind
cable desk eth0 192.0.2.2/25 gateway eth0 192.0.2.1/25
cable phone eth0 192.0.2.130/25 gateway eth1 192.0.2.129/25
cable gateway eth2 198.51.100.1/24 world eth0 198.51.100.2/24
cable gateway eth3 10.20.0.1/24 behind eth0 10.20.0.2/24
on phone ip route add 192.0.2.1 via 192.0.2.129
key gate; key desk; key phone
certificate 192.0.2.1
fill gateway.yaml gate.conf desk.conf phone.conf
web_page world 198.51.100.2
web_page behind 10.20.0.2
web_page desk 127.0.0.1

sed -i 's/localhost:9000/localhost:80/' "$work/desk.conf"   # where the desk's page is served here
ordinary_user gateway.yaml gate.conf desk.conf fullchain.pem privkey.pem
powerless=("${as_user[@]}" culvert)
state() { on gateway sh -c 'ip -o link; ip -o addr; ip rule; ip route show table all; cat /proc/sys/net/ipv4/ip_forward /etc/resolv.conf'; }
before=$(state)

step "as a user without any privilege: culvert server gateway.yaml"
on gateway "${powerless[@]}" server check "$home/gateway.yaml" | grep -E '^(inside|egress|privateRanges)'
ready gateway gateway "${powerless[@]}" server "$home/gateway.yaml"
gateway=${pids[-1]}
grep '^ready' "$work/gateway.log"
step "as a user without any privilege: culvert proxy desk.conf"
ready desk desk "${powerless[@]}" proxy "$home/desk.conf" --socks 1080
step "as root, the phone: culvert up phone.conf"
ready phone phone "$culvert" up "$work/phone.conf"
answers phone 10.8.0.1

page() { on desk curl -sS --fail --max-time 20 --socks5 127.0.0.1:1080 "http://$1/"; }
[[ $(page 198.51.100.2) == "hello from world" ]] || fail "the desk does not read the world's page"
expect_page phone http://198.51.100.2/ "hello from world"
step "desk and phone read the world's page, which the gateway's own sockets fetched"
[[ $(page 10.20.0.2) == "hello from behind" ]] || fail "the desk does not read the page behind"
if page 10.20.0.1 2>"$work/out"; then fail "the gateway's own machine is open to peers"; fi
grep -q '(2)' "$work/out" || fail "not refused as forbidden: $(cat "$work/out")"
if on phone curl -sS --max-time 20 http://10.20.0.3/ 2>"$work/out"; then fail "the network behind is open"; fi
step "of the network behind the page that egress allows, and nothing else"
expect_page phone http://10.8.0.2:9000/ "hello from desk"
step "the phone read a page of the desk, through the gateway"

on gateway "${powerless[@]}" show >"$work/show.out"
grep -q 'egress-denied' "$work/show.out" || fail "$(cat "$work/show.out")"
kill "$gateway"; wait "$gateway" || fail "the gateway ended with $?"
[[ $(state) == "$before" ]] || fail "the gateway's machine is not as before: $(diff <(echo "$before") <(state))"
step "the gateway's machine is as it was before"
step "OK"
