#!/bin/sh
# curl.sh URL: by SOCKS, where the name is looked up behind the tunnel; by HTTP; by what most programs read.
set -e
curl -sS --fail --max-time 20 --socks5-hostname 127.0.0.1:1080 "$1"
curl -sS --fail --max-time 20 --proxy http://127.0.0.1:1080 "$1"
ALL_PROXY=socks5h://127.0.0.1:1080 curl -sS --fail --max-time 20 "$1"
http_proxy=http://127.0.0.1:1080 curl -sS --fail --max-time 20 "$1"
