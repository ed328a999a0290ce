#!/usr/bin/env bash
# Plays this example in network namespaces: laptop - server.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../common/lab.sh" wireguard-go wg-quick

machine laptop; machine server
cable laptop eth0 192.0.2.2/24 server eth0 192.0.2.1/24
key server; key laptop
fill gateway.yaml wg0.conf office.conf
export WG_QUICK_USERSPACE_IMPLEMENTATION=wireguard-go

# wire MACHINE FILE: that machine's own WireGuard
wire() { on "$1" wg-quick up "$work/$2" >"$work/$1-wg.log" 2>&1 || fail "$(cat "$work/$1-wg.log")"; }
# gone MACHINE FILE
gone() { on "$1" wg-quick down "$work/$2" >"$work/$1-wg.log" 2>&1 || fail "$(cat "$work/$1-wg.log")"; }
gateway() { ready server gateway "$culvert" server "$work/gateway.yaml"; server_pid=${pids[-1]}; }
relay() {
    ready laptop relay "$culvert" relay --listen udp://127.0.0.1:51821 --to wss://192.0.2.1/wg \
        --gateway-key "$(cat "$work/server.pub")" --pin "$pin"
    relay_pid=${pids[-1]}
}
killed() { kill -9 "$1"; wait "$1" 2>/dev/null || true; }

step "the WireGuard server, and a gateway before it"
wire server wg0.conf
gateway
pin=$(grep -o 'sha256/[A-Za-z0-9+/=]*' "$work/gateway.log" | tail -n 1)
step "the laptop's relay, and its WireGuard"
relay
wire laptop office.conf
answers laptop 10.9.0.1
answers laptop fd09::1
web_page server 10.9.0.1
expect_page laptop http://10.9.0.1/ "hello from server"
step "ping and web page through the relay"

killed "$server_pid"; gateway
answers laptop 10.9.0.1
step "the gateway was killed and started anew"
killed "$relay_pid"; relay
answers laptop 10.9.0.1
step "the laptop's relay was killed and started anew"

gone laptop office.conf; gone server wg0.conf
step "OK"
