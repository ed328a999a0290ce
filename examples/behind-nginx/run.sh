#!/usr/bin/env bash
# Plays this example in network namespaces: laptop - server (nginx, Culvert).
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../common/lab.sh" openssl nginx

machine laptop; machine server
cable laptop eth0 192.0.2.2/24 server eth0 192.0.2.1/24
on server ip route add default via 192.0.2.2
key gateway; key laptop
certificate 192.0.2.1
fill gateway.yaml wg0.conf home.conf

# nginx's file, unchanged but for its paths
mkdir -p "$work/site"
echo "a web site like any other" >"$work/site/index.html"
sed -e "s|/etc/nginx/culvert/|$work/|; s|/var/www/html|$work/site|" "$here/../../nginx/culvert-443.conf" >"$work/site.conf"
cat >"$work/nginx.conf" <<END
user root; daemon off; pid $work/nginx.pid; error_log stderr; events {}
http { access_log off; include $work/site.conf; }
END

step "starting the gateway and nginx"
ready server gateway "$culvert" server "$work/gateway.yaml"
background server nginx nginx -p "$work" -c "$work/nginx.conf" -e stderr
nginx=${pids[-1]}
get() { on laptop curl -sk --max-time 10 --retry 20 --retry-connrefused --retry-delay 1 "$@"; }
[[ $(get https://192.0.2.1/) == "a web site like any other" ]] || fail "the site is not there"
step "bringing the laptop's tunnel up"
ready laptop laptop "$culvert" up "$work/home.conf"
answers laptop 10.8.0.1
answers laptop fd08::1
web_page server 10.8.0.1
expect_page laptop http://10.8.0.1/ "hello from server"
step "ping and web page through nginx"

curious=(--http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==')
missing=$(get --http1.1 -w '%{http_code}' https://192.0.2.1/missing)
[[ $(get --http1.1 -w '%{http_code}' https://192.0.2.1/connect) == "$missing" ]] || fail "/connect can be told from a missing page"
[[ $(get "${curious[@]}" -w '%{http_code}' https://192.0.2.1/connect) == "$missing" ]] || fail "an upgrade without a key can be told from a missing page"
step "a visitor of /connect sees the site's own 404"

kill -HUP "$nginx"
answers laptop 10.8.0.1
step "nginx reloaded, the tunnel stands"
step "OK"
