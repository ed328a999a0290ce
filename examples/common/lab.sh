# For the examples' run.sh: network namespaces instead of machines. Sourced; needs root.
# Every trace is removed however the script ends.

set -euo pipefail
example=$(basename "$here")
culvert=$(cd "$here/../.." && pwd)/culvert
((EUID == 0)) || { echo "$example: needs root, for network namespaces: sudo $0" >&2; exit 2; }
for program in ip wg ping curl "$@"; do
    command -v "$program" >/dev/null || { echo "$example: needs $program: apt-get install iproute2 wireguard-tools iputils-ping curl $*" >&2; exit 2; }
done

umask 077
work=$(mktemp -d --tmpdir cvx.XXXXXX)
names=()
pids=()

clean_up() {
    local status=$? pid name
    trap - EXIT INT TERM HUP
    for pid in $(printf '%s\n' "${pids[@]:-}" | tac); do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]:-}"; do [[ -z $pid ]] || wait "$pid" 2>/dev/null || true; done
    for name in "${names[@]:-}"; do
        [[ -n $name ]] || continue
        ip netns pids "$name" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
        ip netns delete "$name" 2>/dev/null || true
        rm -rf "/etc/netns/$name"
    done
    if ((status)); then tail -n 20 "$work"/*.log >&2 2>/dev/null || true; echo "$example: FAILED" >&2; fi
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

step() { printf '%s: %s\n' "$example" "$*"; }
fail() { echo "$example: $*" >&2; exit 1; }

# machine NAME: a namespace cvx-NAME with a resolv.conf of its own
machine() {
    local name=cvx-$1
    ip netns pids "$name" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
    ip netns delete "$name" 2>/dev/null || true
    ip netns add "$name"
    names+=("$name")
    mkdir -p "/etc/netns/$name"
    echo "nameserver 192.0.2.53" >"/etc/netns/$name/resolv.conf"
    on "$1" ip link set lo up
}

# on NAME COMMAND…: runs it on that machine
on() { local name=cvx-$1; shift; CULVERT_RUNTIME_DIR=$work/run-$name ip netns exec "$name" "$@"; }

# cable A device address B device address
cable() {
    ip link add "$2" netns "cvx-$1" type veth peer name "$5" netns "cvx-$4"
    plug "$1" "$2" "$3"; plug "$4" "$5" "$6"
    has_link "$1" "$2"; has_link "$4" "$5"
}

# plug NAME device address; no link-local one, as its duplicate detection changes the tables for seconds
plug() { on "$1" ip addr add "$3" dev "$2"; on "$1" ip link set "$2" addrgenmode none; on "$1" ip link set "$2" up; }

# has_link NAME device: the kernel notices a cable a little later
has_link() {
    local tries=0
    until on "$1" ip -o link show "$2" | grep -q 'state UP'; do
        ((++tries < 100)) || fail "no link on $2 of $1"
        sleep 0.05
    done
}

# key NAME: a key pair into $work/NAME.key and $work/NAME.pub
key() { "$culvert" genkey >"$work/$1.key"; "$culvert" pubkey <"$work/$1.key" >"$work/$1.pub"; }

# fill FILE…: copies them to $work with <NAME.key> and <NAME.pub> replaced by what `key NAME` made
fill() {
    local file text name
    for file in "$@"; do
        text=$(cat "$here/$file")
        for name in "$work"/*.key "$work"/*.pub; do
            text=${text//"<${name##*/}>"/"$(cat "$name")"}
        done
        printf '%s\n' "$text" >"$work/$file"
    done
}

# certificate HOST…: a self-signed one into $work/fullchain.pem and $work/privkey.pem
certificate() {
    local names="" host
    for host in "$@"; do [[ $host =~ ^[0-9.]+$ ]] && names+=",IP:$host" || names+=",DNS:$host"; done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
        -addext "subjectAltName=${names#,}" -keyout "$work/privkey.pem" -out "$work/fullchain.pem" 2>/dev/null
}

# background MACHINE LOG COMMAND…
background() {
    local name=cvx-$1 log=$work/$2.log
    shift 2
    # Not through `on`: the id must be the program's, as `ip` and the launcher exec.
    CULVERT_RUNTIME_DIR=$work/run-$name ip netns exec "$name" "$@" >"$log" 2>&1 </dev/null &
    pids+=($!)
}

# Like background, and waits until the log holds a line that starts with `ready`.
ready() {
    local log=$work/$2.log tries=0
    background "$@"
    local pid=${pids[-1]}
    until grep -q '^ready' "$log" 2>/dev/null; do
        kill -0 "$pid" 2>/dev/null || fail "it ended: $(cat "$log")"
        ((++tries < 300)) || fail "not ready after 30 s"
        sleep 0.1
    done
}

# A page, served on MACHINE ADDRESS by whatever is here.
web_page() {
    mkdir -p "$work/www-$1"
    echo "hello from $1" >"$work/www-$1/index.html"
    chmod -R a+rX "$work/www-$1"
    if command -v python3 >/dev/null; then
        background "$1" "web-$1" python3 -m http.server --bind "$2" --directory "$work/www-$1" 80
    else
        cat >"$work/web-$1.conf" <<END
daemon off; pid $work/web-$1.pid; error_log stderr; events {}
http { access_log off; server { listen $2:80; root $work/www-$1; } }
END
        background "$1" "web-$1" nginx -p "$work" -c "$work/web-$1.conf" -e stderr
    fi
}

# expect_page FROM URL TEXT
expect_page() {
    local text
    text=$(on "$1" curl -sS --fail --max-time 20 --retry 20 --retry-connrefused --retry-delay 1 "$2") || fail "no answer from $2"
    [[ $text == *"$3"* ]] || fail "$2 said: $text"
}

# answers FROM ADDRESS
answers() { on "$1" ping -n -q -c 3 -i 0.2 -w 10 "$2" >/dev/null || fail "$2 does not answer $1"; }

# ordinary_user FILE…: somebody without any privilege, and none to be had. Makes $home with the files of $work in it and a copy
# of the program that everybody may read; runs things as that user: on NAME "${as_user[@]}" COMMAND…, with culvert on its PATH.
ordinary_user() {
    local checkout=${culvert%/*} file
    user=65534
    home=$work/home
    "$culvert" --version >/dev/null
    mkdir -p "$home/run" "$work/program/app/target"
    cp -a "$culvert" "$work/program/"
    cp -a "$checkout/app/launcher" "$work/program/app/"
    cp -a "$checkout/app/target/culvert" "$work/program/app/target/"
    for file in "$@"; do cp "$work/$file" "$home/"; done
    chown -R "$user:$user" "$home"
    chmod 711 "$work"
    chmod -R a+rX "$work/program"
    as_user=(setpriv --reuid="$user" --regid="$user" --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs
        env -u CULVERT_RUNTIME_DIR HOME="$home" XDG_RUNTIME_DIR="$home/run" PATH="$work/program:$PATH")
}
