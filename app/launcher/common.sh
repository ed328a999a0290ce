# What `culvert` and `verify` share: finding a JDK, building, and the start-up cache. Sourced, never run.
# Expects $root (the checkout); sets $jdk and $jdk_version; messages go to stderr.

min_java=25
dist=$root/app/target/culvert     # culvert.jar, lib/, the caches: what the launcher runs
state=$root/.culvert              # lock and logs of the build

say() { printf 'culvert: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# --- the JDK -------------------------------------------------------------------------------------

# True when $1 is a JDK of at least $min_java. Reads its `release` file: starting java would take
# ten times as long.
is_jdk() {
    local line version
    [[ -n $1 && -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] || return 1
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*) version=${line#*=}; version=${version//\"/} ;;
            JAVA_RUNTIME_VERSION=*) jdk_version=${line#*=}; jdk_version=${jdk_version//\"/} ;;
        esac
    done <"$1/release"
    version=${version%%[!0-9]*}
    [[ -n $version ]] && ((version >= min_java))
}

find_jdk() {
    local candidate home java
    jdk_version=unknown
    if [[ -n ${CULVERT_JAVA_HOME:-} ]]; then
        is_jdk "$CULVERT_JAVA_HOME" \
            || die "CULVERT_JAVA_HOME=$CULVERT_JAVA_HOME is no JDK of at least $min_java: correct or unset it"
        jdk=$CULVERT_JAVA_HOME
        return 0
    fi
    home=${HOME:-/root}
    for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/* /opt/*/* \
        "$home"/.sdkman/candidates/java/* "$home"/.jdks/*; do
        if is_jdk "$candidate"; then jdk=$candidate; return 0; fi
    done
    if java=$(command -v java) && java=$(readlink -f "$java") && is_jdk "${java%/bin/java}"; then
        jdk=${java%/bin/java}
        return 0
    fi
    return 1
}

# --- Debian packages -----------------------------------------------------------------------------

is_root() { ((EUID == 0)); }
has() { command -v "$1" >/dev/null 2>&1; }
can_apt() { is_root && has apt-get; }

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >&2 </dev/null; }

# Refreshes the package lists once a run; fails softly, as old lists may do.
apt_refresh() {
    [[ -n ${apt_refreshed:-} ]] && return 0
    apt_refreshed=1
    apt_get update || say "apt-get update failed; going on with the lists that are there"
}

apt_has() { [[ -n $(apt-cache madison "$1" 2>/dev/null) ]]; }

install_packages() {
    apt_refresh
    say "installing: $*"
    apt_get install -y --no-install-recommends "$@" >/dev/null
}

need_jdk() {
    find_jdk && return 0
    local package
    if can_apt; then
        apt_refresh
        for package in openjdk-25-jdk-headless temurin-25-jdk; do
            apt_has "$package" && install_packages "$package" && find_jdk && return 0
        done
    fi
    die "no JDK of at least $min_java found (looked at CULVERT_JAVA_HOME, JAVA_HOME, /usr/lib/jvm, /opt," \
        "~/.sdkman, ~/.jdks, PATH): install one, for instance temurin-25-jdk from" \
        "https://adoptium.net/installation/linux, or point CULVERT_JAVA_HOME at it"
}

need_maven() {
    has mvn && return 0
    can_apt && install_packages maven && has mvn && return 0
    die "Maven is needed to build: install it (apt-get install maven, 3.8.6 or newer) and start again"
}

# --- the build -----------------------------------------------------------------------------------

# Maven on the JDK that was found; offline first, as that is quicker and works in a train.
maven() { (cd "$root" && JAVA_HOME=$jdk mvn -B -ntp "$@"); }
quick_maven() { MAVEN_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 ${MAVEN_OPTS:-}" maven "$@"; }

# True when nothing that goes into the program is newer than the last build.
is_built() {
    [[ -f $dist/culvert.jar && -f $dist/stamp ]] || return 1
    [[ -z $(find "$root"/pom.xml "$root"/{common,server,client,app}/pom.xml \
        "$root"/{common,server,client,app}/src/main -newer "$dist/stamp" -print -quit 2>/dev/null) ]]
}

build() {
    local log=$state/build.log newest=$state/stamp.new goals
    need_maven
    say "building (first use, or the sources changed); log: $log"
    : >"$newest"
    goals=(-T 2 -pl app -am -P '!shape' -Dculvert.program package)
    if ! quick_maven -o "${goals[@]}" >"$log" 2>&1; then
        if grep -q -i offline "$log"; then
            say "fetching what the build needs"
            quick_maven "${goals[@]}" >"$log" 2>&1 || build_failed "$log"
        else
            build_failed "$log"
        fi
    fi
    mv "$newest" "$dist/stamp"
    give_back
}

build_failed() {
    grep -m 20 '^\[ERROR\]' "$1" >&2
    say "the build failed; all of it: $1"
    exit 1
}

# Root may have built in somebody else's checkout (sudo ./culvert): the files stay theirs.
give_back() {
    is_root || return 0
    [[ $(stat -c %u "$root") == 0 ]] && return 0
    chown -R --reference="$root" "$state" "$root"/{common,server,client,app}/target 2>/dev/null || true
}

# --- the start-up cache --------------------------------------------------------------------------

# C2 stays on (the crypto intrinsics go with it), warnings of the JVM never reach stdout.
java_flags=(
    -XX:+UseSerialGC -Xms20m -Xmx256m -Xss512k -XX:-UsePerfData
    -XX:TrimNativeHeapInterval=10000   # what the compiler has used goes back: 9 MB of an idle end's 134
    -XX:+ExitOnOutOfMemoryError   # better restarted than half alive; the journal outlives it
    -Xlog:disable -Xlog:all=warning:stderr '-Xlog:aot*=off' '-Xlog:cds*=off'
    --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED
    --add-exports java.base/sun.nio.ch=ALL-UNNAMED
    -Dio.netty.leakDetection.level=disabled   # a stack trace for every hundredth buffer: 3 % of the client
)

# The few commands that scripts call many times: they touch almost nothing of the cache.
is_short() { [[ $# == 1 && " genkey genpsk pubkey --version -V " == *" $1 "* ]]; }

# The memory that this process may use, in MB: the machine's, or what a control group leaves of it.
memory_mb() {
    local key value file group least=0
    while read -r key value _; do
        [[ $key != MemTotal: ]] || { least=$((value / 1024)); break; }
    done </proc/meminfo
    group=$(sed -n 's/^0:://p' /proc/self/cgroup 2>/dev/null)
    while :; do
        for file in "/sys/fs/cgroup${group%/}/memory.max" /sys/fs/cgroup/memory/memory.limit_in_bytes; do
            value=
            [[ ! -r $file ]] || IFS= read -r value <"$file"
            if [[ $value =~ ^[0-9]{1,18}$ ]] && ((value >> 20 < least)); then least=$((value >> 20)); fi
        done
        [[ -n ${group%/} ]] || break
        group=${group%/*}
    done
    echo "$least"
}

# A gateway's heap at most: a quarter of the memory, within bounds. How many connections it holds follows from that
# (server.web.WebLimits): 3,600 tunnels with 256 MB, 14,500 with 1 GB. What is not needed is not taken.
gateway_heap_mb() {
    local quarter=$(($(memory_mb) / 4))
    ((quarter >= 256)) || quarter=256
    ((quarter <= 1024)) || quarter=1024
    echo "$quarter"
}

# What the command line $@ wants besides: the cache, the second compiler where it will warm up, a gateway's heap.
choose_flags() {
    if is_short "$@"; then java_flags+=(-XX:TieredStopAtLevel=1); return; fi
    local cache=$dist/client.aot native
    native=$(uname -m)
    native=$dist/native/com/sun/jna/linux-${native/_/-}
    # else JNA unpacks it at each start, which a read-only file system does not let it
    [[ ! -d $native ]] || java_flags+=("-Djna.boot.library.path=$native")
    case ${1:-} in
        show | down | --help | -h | '') java_flags+=(-XX:TieredStopAtLevel=1) ;;
        server)
            java_flags+=("-Xmx$(gateway_heap_mb)m")
            cache=$dist/gateway.aot
            ;;
    esac
    if has_caches && [[ -s $cache ]]; then java_flags+=(-XX:AOTCache="$cache"); fi
}

# One cache an end: all that is in a cache is mapped and linked, whether it is used or not.
ends=(gateway client)

# What the caches depend on besides the jars.
common_flags=${java_flags[*]}
cache_key() { printf '%s\n' "$jdk $jdk_version $common_flags"; }

# True when the caches belong to this JDK and its flags, and are newer than every jar.
has_caches() {
    local jar end key
    [[ -f $dist/aot.key ]] || return 1
    IFS= read -r key <"$dist/aot.key"
    [[ $key == "$(cache_key)" ]] || return 1
    for end in "${ends[@]}"; do
        [[ -f $dist/$end.aot ]] || return 1
        for jar in "$dist/culvert.jar" "$dist"/lib/*.jar; do
            [[ $jar -nt $dist/$end.aot ]] && return 1
        done
    done
    return 0
}

# train END WORD…: makes that end's cache by a run of the program with these words.
train() {
    local end=$1
    shift
    "$jdk/bin/java" -XX:AOTCacheOutput="$state/$end.aot.new" "${java_flags[@]}" \
        -jar "$dist/culvert.jar" "$@" 2>"$state/aot-$end.log" && [[ -s $state/$end.aot.new ]]
}

# Both ends talk to each other on loopback, each in a process that is trained by it. The gateway says a line
# when it listens, and ends with its stdin. Without a cache the program works too, only slower: an empty file
# then says that it was tried.
make_caches() {
    local end folder line='' gateway input
    rm -f "$dist"/*.aot "$dist/aot.key" "$state"/*.aot.new*
    folder=$(mktemp -d) || die "no folder for temporary files: set TMPDIR"
    coproc TRAINED { train gateway warm-up gateway "$folder"; }
    gateway=$TRAINED_PID input=${TRAINED[1]}
    IFS= read -r -t 60 -u "${TRAINED[0]}" line
    [[ -z $line ]] || train client warm-up client "$folder" >/dev/null </dev/null
    exec {input}>&-
    wait "$gateway" 2>/dev/null
    rm -rf "$folder"
    for end in "${ends[@]}"; do
        [[ -s $state/$end.aot.new ]] || train "$end" --version >/dev/null </dev/null ||
            say "no start-up cache could be made ($state/aot-$end.log): starts take longer"
        mv "$state/$end.aot.new" "$dist/$end.aot" 2>/dev/null || : >"$dist/$end.aot"
        rm -f "$state/$end.aot.new"*
    done
    cache_key >"$dist/aot.key"
    give_back
}

# Builds what the command line $@ needs and is missing, one process at a time; the others wait and find
# it done.
prepare() {
    is_built && { is_short "$@" || has_caches; } && return 0
    if ! mkdir -p "$state" 2>/dev/null || ! [[ -w $state && -w $root/app ]]; then
        [[ -f $dist/culvert.jar ]] && return 0
        die "not built yet, and $root cannot be written: build once as a user who may (./culvert --version)"
    fi
    (
        flock 9
        is_built || build
        is_short "$@" || has_caches || make_caches
    ) 9>"$state/lock" || exit $?
}
