#!/usr/bin/env bash
# Plays this example in network namespaces: laptop - gateway - internet.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../common/lab.sh" openssl nft tcpdump

machine laptop; machine gateway; machine internet
cable laptop eth0 192.0.2.2/24 gateway eth0 192.0.2.1/24
cable gateway eth1 198.51.100.1/24 internet eth0 198.51.100.2/24
on laptop ip route add default via 192.0.2.1
on gateway ip route add default via 198.51.100.2
key gateway; key laptop
certificate 192.0.2.1
fill gateway.yaml wg0.conf home.conf
web_page internet 198.51.100.2
state() { on laptop sh -c 'ip rule; ip -6 rule; ip route show table all; ip -6 route show table all; nft list ruleset; cat /etc/resolv.conf'; }
before=$(state)

step "starting the gateway"
ready gateway gateway "$culvert" server "$work/gateway.yaml"
background laptop capture tcpdump -i eth0 -n -l "not arp and not icmp6 and not igmp and not (tcp port 443 and host 192.0.2.1) and not ip6 proto 0"
capture=${pids[-1]}
step "bringing the laptop's tunnel up"
ready laptop laptop "$culvert" up "$work/home.conf"
tunnel=${pids[-1]}

answers laptop 10.8.0.1
answers laptop 198.51.100.2
expect_page laptop http://198.51.100.2/ "hello from internet"
grep -q '198.51.100.1 ' "$work/web-internet.log" || [[ ! -s $work/web-internet.log ]] || fail "the internet saw another address: $(cat "$work/web-internet.log")"
step "ping and web page through the tunnel; the internet saw the gateway's address"

kill "$tunnel"; wait "$tunnel" || fail "the client ended with $?"
kill "$capture"; wait "$capture" || true
leaks=$(grep -c ' IP' "$work/capture.log" || true)
[[ $leaks == 0 ]] || fail "the hotel's network saw: $(grep ' IP' "$work/capture.log")"
step "the hotel's network saw the connection to 443 and nothing else"
[[ $(state) == "$before" ]] || fail "the laptop is not as before: $(diff <(echo "$before") <(state))"
step "the laptop is as it was before"
step "OK"
