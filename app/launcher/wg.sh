# `culvert wg INTERFACE` is a daemon, and a JVM cannot fork: this does. Sourced by the launcher, never run.

# become_wg wg [options] INTERFACE: execs java in the foreground, or returns to the caller when the
# control socket accepts. Exits in any case.
become_wg() {
    local word name='' foreground=${WG_PROCESS_FOREGROUND:-}
    for word in "${@:2}"; do
        case $word in
            -f | --foreground) foreground=1 ;;
            -h | --help | -V | --version) foreground=1 ;;
            -*) ;;
            *) name=$word ;;
        esac
    done
    [[ -n ${CULVERT_WG_CONFIG:-} ]] || find_wg_quick_file
    # The control socket that another program listens at: Java takes it as its standard input.
    if [[ -n ${WG_UAPI_FD:-} ]]; then exec 0<&"$WG_UAPI_FD" || die "WG_UAPI_FD=$WG_UAPI_FD: no such descriptor"; fi
    # shellcheck disable=SC2206  # options are words on purpose
    java_flags+=(${CULVERT_JAVA_OPTS:-})
    if [[ $foreground == 1 || -z $name ]]; then
        exec "$jdk/bin/java" "${java_flags[@]}" -jar "$dist/culvert.jar" "$@"
    fi
    wg_in_background "$name" "$@"
}

# wg-quick strips comments before it tells `wg` its file, and with them the `#@` lines. Where it is our
# parent, its command line says which file that is: by wg-quick's own rule a name, else a path.
# Sets CULVERT_WG_CONFIG when the file reaches a peer by WebSocket.
find_wg_quick_file() {
    local words=() file='' at
    mapfile -d '' -t words 2>/dev/null <"${WG_PARENT:-/proc/$PPID}/cmdline" || return 0
    for ((at = 0; at + 2 < ${#words[@]}; at++)); do
        if [[ ${words[at]##*/} == wg-quick && ${words[at + 1]} == up ]]; then file=${words[at + 2]}; fi
    done
    [[ -n $file ]] || return 0
    if [[ $file =~ ^[a-zA-Z0-9_=+.-]{1,15}$ ]]; then
        file=/etc/wireguard/$file.conf
    elif [[ $file != /* ]]; then
        file=$(readlink "${WG_PARENT:-/proc/$PPID}/cwd")/$file
    fi
    if grep -q -s -i '^[[:space:]]*#@[[:space:]]*WebSocket' "$file"; then export CULVERT_WG_CONFIG=$file; fi
}

wg_in_background() {
    local name=$1 folder tries=0 pid
    shift
    folder=$(mktemp -d) || exit 1
    export CULVERT_WG_READY=$folder/ready      # made by Java when the control socket accepts
    [[ -n ${WG_UAPI_FD:-} ]] || exec 0</dev/null
    # As with wireguard-go: a daemon is silent unless LOG_LEVEL was given; what hinders its start is told.
    if [[ -n ${LOG_LEVEL:-} && $LOG_LEVEL != silent ]]; then
        setsid "$jdk/bin/java" "${java_flags[@]}" -jar "$dist/culvert.jar" "$@" &
    else
        setsid "$jdk/bin/java" "${java_flags[@]}" -jar "$dist/culvert.jar" "$@" >"$folder/log" 2>&1 &
    fi
    pid=$!
    until [[ -e $folder/ready ]]; do
        if ! kill -0 $pid 2>/dev/null; then
            [[ -s $folder/log ]] && cat "$folder/log" >&2
            rm -rf "$folder"
            wait $pid
            exit $?
        fi
        ((++tries < 600)) || { kill $pid; rm -rf "$folder"; die "$name: not there after 30 s"; }
        sleep 0.05
    done
    rm -rf "$folder"
    exit 0
}
