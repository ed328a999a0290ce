#!/usr/bin/env bash
# Plays this example in network namespaces: desk - gateway - intranet.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../common/lab.sh" openssl nft setpriv git ssh dropbear

machine desk; machine gateway; machine intranet
cable desk eth0 192.0.2.2/24 gateway eth0 192.0.2.1/24
cable gateway eth1 198.51.100.1/24 intranet eth0 198.51.100.2/24
key gateway; key office
certificate 192.0.2.1
fill gateway.yaml wg0.conf work.conf
programs=(ssh_config curl.sh git.sh ssh.sh browser.sh java.sh Fetch.java)
for program in "${programs[@]}"; do cp "$here/$program" "$work/"; done

# The intranet: a page, a repository by HTTP and by ssh. root's home there is another one, for its authorized_keys.
web_page intranet 198.51.100.2
(
    mkdir -p "$work/source"; cd "$work/source"
    git -c init.defaultBranch=main init -q
    echo "hello from the repository" >README
    git add README
    git -c user.name=x -c user.email=x@example.com commit -qm first
)
git clone -q --bare "$work/source" "$work/www-intranet/repository.git"
git -C "$work/www-intranet/repository.git" update-server-info
chmod -R a+rX "$work/www-intranet"
mkdir -p "$work/root/.ssh"
dropbearkey -t ed25519 -f "$work/host.key" >/dev/null 2>&1
ssh-keygen -q -t ed25519 -N '' -f "$work/id"
cp "$work/id.pub" "$work/root/.ssh/authorized_keys"
chmod 700 "$work/root" "$work/root/.ssh"
background intranet sshd sh -c "mount --bind '$work/root' \"\$(getent passwd root | cut -d: -f6)\" &&
    exec dropbear -F -E -s -r '$work/host.key' -P '$work/dropbear.pid' -p 198.51.100.2:22"

ordinary_user gateway.yaml wg0.conf privkey.pem work.conf fullchain.pem id "${programs[@]}"
install -d -o "$user" -g "$user" -m 700 "$home/run-gateway"   # another machine's, which the desk's programs do not see
export SSH_OPTIONS="-i $home/id -o UserKnownHostsFile=$home/known_hosts -o StrictHostKeyChecking=accept-new -o BatchMode=yes -l root"
play() { on desk "${as_user[@]}" sh -c 'cd "$HOME" && exec "$@"' - "$@" 2>"$work/play.log" || fail "$1: $(cat "$work/play.log")"; }

step "starting the gateway, without root too"
ready gateway gateway "${as_user[@]}" XDG_RUNTIME_DIR="$home/run-gateway" culvert server "$home/gateway.yaml"

[[ $(play sh ssh.sh 198.51.100.2 | sort) == $'one\ntwo' ]] || fail "not both"
tries=0
until [[ -z $(play culvert show) ]]; do
    ((++tries < 50)) || fail "a tunnel was left"
    sleep 0.1
done
step "two ssh at once, and no proxy that runs: one tunnel, which has ended with them"

ready desk desk "${as_user[@]}" culvert proxy "$home/work.conf"
proxy=${pids[-1]}
[[ $(play sh ssh.sh 198.51.100.2 | sort) == $'one\ntwo' ]] || fail "not both"
step "the same through the proxy that runs"

page="hello from intranet"
[[ $(play sh curl.sh http://198.51.100.2/) == "$page"$'\n'"$page"$'\n'"$page"$'\n'"$page" ]] || fail "curl: $(cat "$work/play.log")"
step "curl by SOCKS, by HTTP, by ALL_PROXY and http_proxy"

play sh git.sh http://198.51.100.2/repository.git "ssh://198.51.100.2$work/www-intranet/repository.git" >"$work/git.out"
[[ $(sort -u "$work/git.out") == "hello from the repository" && $(wc -l <"$work/git.out") == 2 ]] || fail "git: $(cat "$work/git.out")"
step "git by SOCKS and by ssh"

java=$(command -v "${JAVA_HOME:-/nowhere}/bin/java" || ls -d /usr/lib/jvm/*25*/bin/java 2>/dev/null | head -n 1 || true)
[[ -x $java ]] || java=$(command -v java) || fail "no java"
export JAVA=$java
[[ $(play sh java.sh http://198.51.100.2/) == "$page"$'\n'"$page"$'\n'"$page" ]] || fail "java: $(cat "$work/play.log")"
step "a Java program by system properties"

[[ $(on desk curl -sS --fail http://127.0.0.1:1080/proxy.pac) == *'return "PROXY 127.0.0.1:1080"'* ]] || fail "no PAC file"
[[ $(on desk curl -sS --fail http://127.0.0.1:1080/health) == "The tunnel is up." ]] || fail "not healthy"
step "the PAC file for a browser, and the health page"

play culvert down work
wait "$proxy" || fail "the proxy ended with $?"
step "ended by culvert down work"
step "OK"
