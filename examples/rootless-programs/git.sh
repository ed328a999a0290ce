#!/bin/sh
# git.sh HTTP-URL SSH-URL: a clone by the proxy, and one by ssh, whose ProxyCommand stands in ssh_config.
set -e
git -c http.proxy=socks5h://127.0.0.1:1080 clone -q "$1" by-http
GIT_SSH_COMMAND="ssh ${SSH_OPTIONS:-} -F ssh_config" git clone -q "$2" by-ssh
cat by-http/README by-ssh/README
