#!/usr/bin/env bash
# Plays the main README, block by block and word by word, in network namespaces: laptop - gateway - world.
#
# A block that begins with `# NAME, on the MACHINE` is a file, one that begins with `# on the MACHINE`
# is commands. `(gateway.key)` in a file stands for the content of that file, `(pin)` for the pin that
# the gateway printed. Blocks that begin otherwise are not played.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../common/lab.sh" nft
readme=$here/../../README.md

machine laptop; machine gateway; machine world
cable laptop eth0 192.0.2.2/24 gateway eth0 192.0.2.1/24
cable gateway eth1 198.51.100.1/24 world eth0 198.51.100.2/24
on laptop ip route add default via 192.0.2.1
on gateway ip route add default via 198.51.100.2
printf '127.0.0.1 localhost\n192.0.2.1 vpn.example.com\n' >/etc/netns/cvx-laptop/hosts
mkdir -p "$work/bin" "$work/laptop" "$work/gateway" "$work/blocks"
ln -s "$culvert" "$work/bin/culvert"
export PATH=$work/bin:$PATH
web_page world 198.51.100.2
declare -A running=()

# stop KEY: SIGTERM for the Ctrl-C of a person; a shell's background processes ignore SIGINT
stop() {
    local pid=${running[$1]:-}
    [[ -n $pid ]] || return 0
    kill "$pid" 2>/dev/null || true
    wait "$pid" || fail "$1 ended with $?: $(tail -n 3 "$work/$1.log")"
    running[$1]=
}

# run MACHINE LINE
run() {
    local key
    step "$1: $2"
    case $2 in
        'culvert server check'* | *'--background'*) key= ;;
        'culvert server '*) key=$1-server ;;
        'culvert up '*) key=$1-up ;;
        *) key= ;;
    esac
    if [[ -n $key ]]; then
        stop "$key"
        ready "$1" "$key" bash -c "cd '$work/$1' && exec $2"
        running[$key]=${pids[-1]}
        sed "s/^/    /" "$work/$key.log"
    else
        on "$1" bash -c "set -e; cd '$work/$1'; $2" >"$work/out" 2>&1 || fail "$(cat "$work/out")"
        sed "s/^/    /" "$work/out"
    fi
}

# give NAME MACHINE BLOCK: a file, its placeholders filled
give() {
    local text name pin=none
    text=$(sed 1d "$3")
    for name in "$work"/*/*.key "$work"/*/*.pub; do
        [[ -f $name ]] && text=${text//"(${name##*/})"/"$(cat "$name")"}
    done
    [[ -f $work/gateway-server.log ]] && pin=$(grep -o 'sha256/[A-Za-z0-9+/=]*' "$work/gateway-server.log" | tail -n 1 || true)
    text=${text//"(pin)"/"$pin"}
    [[ $text != *"("*")"* ]] || fail "$1: a placeholder is left: $text"
    step "$2: writes $1"
    printf '%s\n' "$text" >"$work/$2/$1"
}

awk -v folder="$work/blocks" '
    /^```/ { inside = !inside; n += inside; next }
    inside { print > sprintf("%s/%03d", folder, n) }' "$readme"
for block in "$work"/blocks/*; do
    head=$(head -n 1 "$block")
    if [[ $head =~ ^#\ ([a-z0-9]+\.[a-z]+),\ on\ the\ ([a-z]+)$ ]]; then
        give "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "$block"
    elif [[ $head =~ ^#\ on\ the\ ([a-z]+)$ ]]; then
        place=${BASH_REMATCH[1]}
        while IFS= read -r line; do
            line=${line%%  *}
            [[ -z $line ]] || run "$place" "$line"
        done < <(sed 1d "$block")
    fi
done
for key in "${!running[@]}"; do stop "$key"; done
step "OK"
