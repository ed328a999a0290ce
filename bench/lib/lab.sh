# The bench's laboratory: namespaces, processes, clean-up. Sourced by `run` and `startup`; needs root.
# Every trace is removed however the script ends: by the process ids and names that it made itself.

set -uo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
root=${bench%/*}
culvert=${CULVERT:-$root/culvert}
results=$bench/results
INNER_CC=${INNER_CC:-cubic}   # of iperf3's connection: Linux's default, and the same through every chain

say() { printf 'bench: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

PATH=$PATH:$("$root/tests/install-peers" --where)   # the newest wireguard-go and others, once it has built them

((EUID == 0)) || { say "needs root, for network namespaces: sudo $0"; exit 2; }
for program in ip wg ping iperf3 openssl flock sysctl; do
    has "$program" || {
        say "needs $program: apt-get install iproute2 wireguard-tools iputils-ping iperf3 openssl util-linux procps"
        exit 2
    }
done
exec 9>/run/lock/culvert-bench.lock
flock -n 9 || die "another bench runs; two at once would measure each other"

umask 077
work=$(mktemp -d --tmpdir cvb.XXXXXX) || die "no folder for temporary files: set TMPDIR"
declare -a spaces=() started=()

clean_up() {
    local status=$? pid space i
    trap '' EXIT INT TERM HUP
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do kill "${started[i]}" 2>/dev/null; done
    for i in {1..40}; do
        for pid in "${started[@]}"; do kill -0 "$pid" 2>/dev/null && { sleep 0.1; continue 2; }; done
        break
    done
    for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
    for space in "${spaces[@]}"; do
        ip netns pids "$space" 2>/dev/null | xargs -r kill -9 2>/dev/null
        ip netns delete "$space" 2>/dev/null
    done
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- namespaces ----------------------------------------------------------------------------------

# on SPACE COMMAND…: runs it in that namespace, with a place of its own for Culvert's state
on() {
    local space=$1
    shift
    CULVERT_RUNTIME_DIR=$work/run-$space CULVERT_STATE_DIR=$work/state-$space ip netns exec "$space" "$@"
}

# machine SPACE: an empty namespace
machine() {
    ip netns pids "$1" 2>/dev/null | xargs -r kill -9 2>/dev/null
    ip netns delete "$1" 2>/dev/null
    ip netns add "$1" || die "cannot make the namespace $1"
    spaces+=("$1")
    ip -n "$1" link set lo up
    [[ -z ${CC:-} ]] || on "$1" sysctl -qw net.ipv4.tcp_congestion_control="$CC" 2>/dev/null \
        || die "CC=$CC: a namespace may use only: $(sysctl -n net.ipv4.tcp_allowed_congestion_control) (sysctl net.ipv4.tcp_allowed_congestion_control)"
}

# pair NAME: cvb-NAME-c (client, 192.0.2.2) and cvb-NAME-g (gateway, 192.0.2.1), joined by one cable,
# which is the link emulator's where that runs
pair() {
    local near=cvb-$1-c far=cvb-$1-g
    machine "$near"
    machine "$far"
    if ((cables > 0)); then
        ((--cables))
        ip link set "cvl${cables}c" netns "$near" name eth0 mtu 1500 || die "no cable"
        ip link set "cvl${cables}g" netns "$far" name eth0 mtu 1500 || die "no cable"
    else
        ip link add eth0 netns "$near" mtu 1500 type veth peer name eth0 netns "$far" mtu 1500 || die "no veth pair"
    fi
    ip -n "$near" addr add 192.0.2.2/24 dev eth0
    ip -n "$far" addr add 192.0.2.1/24 dev eth0
    ip -n "$near" link set eth0 up
    ip -n "$far" link set eth0 up
}

# emulate COUNT: so many cables of the kind that $LINK tells; the next pairs are joined by them
cables=0
emulate() {
    local i devices=()
    java_program LinkEmulator
    for ((i = 0; i < $1; i++)); do devices+=("cvl${i}c" "cvl${i}g"); done
    # shellcheck disable=SC2086  # words
    "${java_program[@]}" $LINK "${devices[@]}" >"$work/link.log" 2>&1 </dev/null 9>&- &
    started+=($!)
    until_line link '^ready' $! || die "LINK=$LINK does not work"
    cables=$1
}

# --- processes -----------------------------------------------------------------------------------

# background SPACE LOG COMMAND…: starts it; its id is in $!, as `ip` and the launcher exec
background() {
    local space=$1 log=$work/$2.log
    shift 2
    # Not through `on`: the id must be the program's.
    CULVERT_RUNTIME_DIR=$work/run-$space CULVERT_STATE_DIR=$work/state-$space ip netns exec "$space" "$@" >"$log" 2>&1 </dev/null 9>&- &
    started+=($!)
}

# until_line LOG PATTERN PID: waits at most 30 s
until_line() {
    local tries=0
    until grep -q -E "$2" "$work/$1.log" 2>/dev/null; do
        if ! kill -0 "$3" 2>/dev/null || ((++tries > 300)); then
            say "$1 did not start: $(tail -n 3 "$work/$1.log" | tr '\n' ' ')"
            return 1
        fi
        sleep 0.1
    done
}

# answers SPACE ADDRESS: waits at most 15 s for a ping to be answered
answers() { on "$1" ping -n -q -c 1 -i 0.2 -w 15 "$2" >/dev/null 2>&1; }

stop() {
    local pid
    for pid; do kill "$pid" 2>/dev/null; done
    for pid; do wait "$pid" 2>/dev/null; done
}

# ticks PID…: "user system" clock ticks of these processes, all their threads
ticks() {
    local pid line fields user=0 system=0
    for pid; do
        line=$(<"/proc/$pid/stat") 2>/dev/null || continue
        read -ra fields <<<"${line##*) }"
        user=$((user + fields[11]))
        system=$((system + fields[12]))
    done
    echo "$user $system"
}

# java_program CLASS [OPTION…]: compiles a program of the bench beside the launcher's own libraries; the array
# java_program runs it, with these options of the JVM in place of the usual ones
java_program() {
    local library home class=$1
    shift
    (($#)) || set -- -XX:TieredStopAtLevel=1 -Xmx96m
    "$root/culvert" --version >/dev/null || die "the launcher does not work"
    home=$(source "$root/app/launcher/common.sh" && find_jdk && echo "$jdk") || die "no JDK"
    library="$root/app/target/culvert/culvert.jar:$root/app/target/culvert/lib/*"
    mkdir -p "$work/classes"
    "$home/bin/javac" -proc:none -nowarn -d "$work/classes" -cp "$library" -sourcepath "$bench/src/main/java" \
        "$bench/src/main/java/io/culvert/bench/${class//.//}.java" || die "$class does not compile"
    java_program=("$home/bin/java" -XX:+UseSerialGC "$@" --enable-native-access=ALL-UNNAMED
        --sun-misc-unsafe-memory-access=allow --add-exports java.base/sun.nio.ch=ALL-UNNAMED
        -cp "$work/classes:$library" "io.culvert.bench.$class")
}

# --- keys ----------------------------------------------------------------------------------------

# keys NAME: key pairs of both ends into $work/NAME-{c,g}.{key,pub}
keys() {
    local end
    for end in c g; do
        wg genkey >"$work/$1-$end.key"
        wg pubkey <"$work/$1-$end.key" >"$work/$1-$end.pub"
    done
}

# A certificate for the gateway's address into $work/{fullchain,privkey}.pem, once.
certificate() {
    [[ -s $work/fullchain.pem ]] && return 0
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=192.0.2.1 \
        -addext subjectAltName=IP:192.0.2.1 -keyout "$work/privkey.pem" -out "$work/fullchain.pem" 2>/dev/null
}

# --- figures -------------------------------------------------------------------------------------

# quantile Q: of the numbers on stdin, by nearest rank; `-` of none
quantile() {
    sort -g | awk -v q="$1" '{ v[NR] = $1 } END { if (!NR) { print "-"; exit }
        i = int(q * NR); if (i < q * NR) i++; if (i < 1) i = 1; print v[i] }'
}

median() {
    sort -g | awk '{ v[NR] = $1 } END { if (!NR) { print "-"; exit }
        m = int((NR + 1) / 2); print (NR % 2 ? v[m] : (v[m] + v[m + 1]) / 2) }'
}

# What the figures depend on: "key<TAB>value" lines.
surroundings() {
    local commit java
    commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
    git -C "$root" diff --quiet HEAD -- '*.java' 2>/dev/null || commit+=" and changes"
    java=$(source "$root/app/launcher/common.sh" && find_jdk && "$jdk/bin/java" -version 2>&1 | sed -n 3p)
    printf '%s\t%s\n' \
        date "$(date -u +%Y-%m-%dT%H:%MZ)" \
        commit "$commit" \
        kernel "$(uname -sr)" \
        cpu "$(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
        jdk "${java:-unknown}" \
        link "${LINK:-a veth pair, 1500 bytes, offloads on}" \
        "congestion control" "outside $(on "${spaces[0]}" sysctl -n net.ipv4.tcp_congestion_control), iperf3 $INNER_CC" \
        load "$(cut -d ' ' -f 1-3 /proc/loadavg) (1, 5, 15 minutes, at the end)"
}
