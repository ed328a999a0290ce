#!/usr/bin/env bash
# Plays this example in network namespaces: desk - gateway - intranet.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../common/lab.sh" openssl nft setpriv

machine desk; machine gateway; machine intranet
cable desk eth0 192.0.2.2/24 gateway eth0 192.0.2.1/24
cable gateway eth1 198.51.100.1/24 intranet eth0 198.51.100.2/24
key gateway; key office
certificate 192.0.2.1
fill gateway.yaml wg0.conf work.conf
web_page intranet 198.51.100.2

ordinary_user work.conf fullchain.pem
powerless=("${as_user[@]}" culvert)
state() { on desk sh -c 'ip -o addr show eth0; ip link show type tun; ip rule; ip route show table all; nft list ruleset; cat /etc/resolv.conf'; }
before=$(state)

step "starting the gateway"
ready gateway gateway "$culvert" server "$work/gateway.yaml"
step "asking whether it answers: culvert proxy work.conf --check 10.8.0.1"
on desk "${powerless[@]}" proxy "$home/work.conf" --check 10.8.0.1 2>"$work/check.log" || fail "$(cat "$work/check.log")"
step "as a user without any privilege: culvert proxy work.conf"
ready desk desk "${powerless[@]}" proxy "$home/work.conf"
proxy=${pids[-1]}
grep '^ready' "$work/desk.log"

page() { on desk curl -sS --fail --max-time 20 --retry 20 --retry-connrefused --retry-delay 1 "$@"; }
[[ $(page --socks5 127.0.0.1:1080 http://198.51.100.2/) == "hello from intranet" ]] || fail "nothing by SOCKS"
[[ $(page -x http://127.0.0.1:1080 http://198.51.100.2/) == "hello from intranet" ]] || fail "nothing by HTTP"
[[ $(page http://127.0.0.1:8080/) == "hello from intranet" ]] || fail "nothing by the forward"
step "the intranet's page by SOCKS, by HTTP proxy and by the forwarded port"

mkdir -p "$work/www-desk"
echo "hello from the desk" >"$work/www-desk/index.html"
cat >"$work/web-desk.conf" <<END
daemon off; pid $work/web-desk.pid; error_log stderr; events {}
http { access_log off; server { listen 127.0.0.1:9000; root $work/www-desk; } }
END
chmod -R a+rX "$work/www-desk"
if command -v python3 >/dev/null; then
    background desk web-desk python3 -m http.server --bind 127.0.0.1 --directory "$work/www-desk" 9000
else
    background desk web-desk nginx -p "$work" -c "$work/web-desk.conf" -e stderr
fi
until on desk curl -s -o "$work/out" http://127.0.0.1:9000/; do sleep 0.1; done
expect_page gateway http://10.8.0.2:9000/ "hello from the desk"
step "the gateway read the desk's page at 10.8.0.2:9000"

on desk "${powerless[@]}" show >"$work/show.out"
grep -q '^interface: work' "$work/show.out" || fail "$(cat "$work/show.out")"
kill "$proxy"; wait "$proxy" || fail "the proxy ended with $?"
[[ $(state) == "$before" ]] || fail "the desk is not as before: $(diff <(echo "$before") <(state))"
step "the desk is as it was before"
step "OK"
