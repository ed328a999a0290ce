# The chains that are compared. Sourced. A chain is a function chain_NAME that sets up the pair NAME
# and adds the tunnel's processes to $pids and the inner address of the far end to $far_address;
# it fails where something is missing. To add one: write the function, name it in $all_chains.
# A chain whose near end is a forward and no interface sets $dialled to where iperf3 connects; ping has no road there.

all_chains="none wireguard-go wireguard-go-latest boringtun gotatun openvpn wstunnel wstunnel-nginx
    culvert-wss culvert-wss-striped culvert-wss-plain culvert-nginx culvert-udp culvert-relay culvert-relay-nginx culvert-relay-latest
    culvert-proxy culvert-proxy-udp culvert-rootless xray-proxy xray-rootless"
reference=wireguard-go

# available CHAIN: false, with the reason said, when a program is not here
available() {
    case $1 in
        wireguard-go) needs_program wireguard-go "$1" ;;
        wireguard-go-latest) needs_program wireguard-go-latest "$1" ;;
        boringtun) needs_program boringtun-cli "$1" ;;
        gotatun|openvpn) needs_program "$1" "$1" ;;
        wstunnel*) [[ -x ${WSTUNNEL:-} ]] || { say "$1: left out (WSTUNNEL names no program)"; return 1; }
                  needs_program wireguard-go "$1" ;;
        culvert-relay-latest) needs_program wireguard-go-latest "$1" ;;
        xray-proxy) needs_program xray "$1" && needs_program wireguard-go-latest "$1" ;;
        xray-rootless) needs_program xray "$1" ;;
        culvert-relay-nginx) needs_program nginx "$1" && needs_program wireguard-go "$1" ;;
        culvert-relay) needs_program wireguard-go "$1" ;;
        culvert-nginx*) needs_program nginx "$1" ;;
        *-other) [[ -x ${CULVERT_OTHER:-} ]] || { say "$1: left out (CULVERT_OTHER names no launcher)"; return 1; } ;;
    esac
}

needs_program() { has "$1" || { say "$2: left out (no $1 here)"; return 1; }; }

# --- no tunnel -----------------------------------------------------------------------------------

start_none() {
    pair none
    far_address[none]=192.0.2.1
}

# --- wireguard-go --------------------------------------------------------------------------------

# wg_end NAME END PROGRAM LISTEN-PORT ADDRESS PEER-LINE…: one end; the interface is named for both,
# as the control socket of wireguard-go does not belong to a namespace
wg_end() {
    local name=$1 end=$2 program=$3 port=$4 address=$5 space=cvb-$1-$2 device tries=0 other=g
    shift 5
    [[ $end == g ]] && other=c
    device=cvb${#spaces[@]}$end
    # shellcheck disable=SC2086  # a program with its options
    background "$space" "$name-$end" $program -f "$device"
    pids[$name]+=" $!"
    # wg would remove a socket that is bound and does not listen yet, and end the program with it
    until ip netns exec "$space" grep -q " 00010000 .*/$device.sock$" /proc/net/unix; do
        ((++tries < 100)) || return 1
        sleep 0.1
    done
    wg set "$device" listen-port "$port" private-key "$work/$name-$end.key" \
        peer "$(<"$work/$name-$other.pub")" "$@" || return 1
    ip -n "$space" addr add "$address" dev "$device"
    ip -n "$space" link set "$device" mtu 1420 up
}

wg_chain() {
    local name=$1 program=$2
    pair "$name"
    keys "$name"
    wg_end "$name" g "$program" 51820 10.9.0.1/24 allowed-ips 10.9.0.2/32 || return 1
    wg_end "$name" c "$program" 51821 10.9.0.2/24 allowed-ips 10.9.0.0/24 endpoint 192.0.2.1:51820 || return 1
    far_address[$name]=10.9.0.1
}

start_wireguard-go() { wg_chain wireguard-go wireguard-go; }
start_wireguard-go-latest() { wg_chain wireguard-go-latest wireguard-go-latest; }

start_boringtun() { wg_chain boringtun "boringtun-cli --disable-drop-privileges"; }
start_gotatun() { wg_chain gotatun "gotatun --disable-drop-privileges"; }

# OpenVPN over TCP 443, two peers that know each other's certificate
start_openvpn() {
    local name=openvpn end options
    pair $name
    mkdir -p "$work/$name"
    for end in c g; do
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$end" \
            -keyout "$work/$name/$end.key" -out "$work/$name/$end.crt" 2>/dev/null || return 1
    done
    for end in g c; do
        if [[ $end == g ]]; then
            options="--proto tcp-server --tls-server --dh none --ifconfig 10.9.0.1 10.9.0.2 --lport 443"
        else
            options="--proto tcp-client --tls-client --ifconfig 10.9.0.2 10.9.0.1 --remote 192.0.2.1 443"
        fi
        # shellcheck disable=SC2086  # words
        background cvb-$name-$end $name-$end openvpn --dev tun0 --dev-type tun $options \
            --cert "$work/$name/$end.crt" --key "$work/$name/$end.key" --cipher AES-256-GCM --data-ciphers AES-256-GCM \
            --peer-fingerprint "$(fingerprint "$work/$name/$([[ $end == g ]] && echo c || echo g).crt")" --verb 3
        pids[$name]+=" $!"
    done
    until_line $name-c 'Initialization Sequence Completed' $! || return 1
    far_address[$name]=10.9.0.1
}

fingerprint() { openssl x509 -in "$1" -noout -fingerprint -sha256 | sed 's/.*=//'; }

# wireguard-go's datagrams inside wstunnel's WebSocket
start_wstunnel() { wstunnel_chain wstunnel wss://0.0.0.0:8443 8443; }

start_wstunnel-nginx() { wstunnel_chain wstunnel-nginx ws://127.0.0.1:8080 443; }

wstunnel_chain() {
    local name=$1 listen=$2 port=$3 tls=()
    pair $name
    keys $name
    certificate
    wg_end $name g wireguard-go 51820 10.9.0.1/24 allowed-ips 10.9.0.2/32 || return 1
    [[ $listen != wss:* ]] || tls=(--tls-certificate "$work/fullchain.pem" --tls-private-key "$work/privkey.pem")
    background cvb-$name-g $name-server "$WSTUNNEL" server --restrict-to 127.0.0.1:51820 "$listen" "${tls[@]}"
    pids[$name]+=" $!"
    sleep 1
    [[ $listen == wss:* ]] || start_nginx $name /connect/events || return 1
    background cvb-$name-c $name-client "$WSTUNNEL" client \
        -L 'udp://127.0.0.1:51900:127.0.0.1:51820?timeout_sec=0' "wss://192.0.2.1:$port" \
        --http-upgrade-path-prefix connect
    pids[$name]+=" $!"
    sleep 1
    wg_end $name c wireguard-go 51821 10.9.0.2/24 allowed-ips 10.9.0.0/24 endpoint 127.0.0.1:51900 \
        persistent-keepalive 20 || return 1
    far_address[$name]=10.9.0.1
}

# --- Culvert -------------------------------------------------------------------------------------

# culvert_gateway NAME LAUNCHER LISTEN…; by ${gateway_by[@]}, with $gateway_lines
culvert_gateway() {
    local name=$1 launcher=$2 folder=$work/$1 listen
    shift 2
    mkdir -p "$folder"
    cat >"$folder/wg0.conf" <<CONF
[Interface]
PrivateKey = $(<"$work/$name-g.key")
Address = 10.9.0.1/24
${interface_lines:-}
[Peer]
PublicKey = $(<"$work/$name-c.pub")
AllowedIPs = 10.9.0.2/32
CONF
    {
        echo "tunnel: wg0.conf"
        echo "${gateway_lines:-nat: false}"
        echo "trustedProxies: [127.0.0.0/8]"
        echo "listen:"
        for listen; do echo "  - $listen"; done
        [[ $* != *https://* ]] || echo "tls: {certificate: $work/fullchain.pem, key: $work/privkey.pem}"
    } >"$folder/gateway.yaml"
    background "cvb-$name-g" "$name-g" "${gateway_by[@]}" "$launcher" server "$folder/gateway.yaml"
    pids[$name]+=" $!"
    until_line "$name-g" '^ready' $!
}

# culvert_client NAME LAUNCHER PEER-LINES
culvert_client() {
    local name=$1 launcher=$2 folder=$work/$1
    cat >"$folder/home.conf" <<CONF
[Interface]
PrivateKey = $(<"$work/$name-c.key")
Address = 10.9.0.2/32
${interface_lines:-}
[Peer]
PublicKey = $(<"$work/$name-g.pub")
AllowedIPs = 10.9.0.0/24${allowed_too:-}
$3
${peer_lines:-}
CONF
    [[ -z ${prepare_only:-} ]] || return 0
    background "cvb-$name-c" "$name-c" "$launcher" up "$folder/home.conf"
    pids[$name]+=" $!"
    until_line "$name-c" '^ready' $!
}

culvert_chain() {
    local name=$1 road=$2 launcher=$3
    pair "$name"
    keys "$name"
    certificate
    far_address[$name]=10.9.0.1
    case $road in
        wss) culvert_gateway "$name" "$launcher" https://0.0.0.0:443 || return 1 ;;
        nginx) culvert_gateway "$name" "$launcher" http://127.0.0.1:8080 && start_nginx "$name" || return 1 ;;
        udp) culvert_gateway "$name" "$launcher" udp://0.0.0.0:51820 || return 1
             culvert_client "$name" "$launcher" "Endpoint = 192.0.2.1:51820"
             return ;;
    esac
    culvert_client "$name" "$launcher" "#@ WebSocket = wss://192.0.2.1/connect
#@ CaFile = $work/fullchain.pem"
}

# start_nginx NAME [PATH]: the project's own nginx file, unchanged but for its paths
start_nginx() {
    local folder=$work/$1 pid tries=0
    mkdir -p "$folder/site" "$folder/culvert"
    sed -e "s|/etc/nginx/culvert/|$work/|; s|/var/www/html|$folder/site|; s|location = /connect |location = ${2:-/connect} |" "$root/nginx/culvert-443.conf" >"$folder/site.conf"
    cat >"$folder/nginx.conf" <<CONF
user root; daemon off; pid $folder/nginx.pid; error_log stderr; worker_processes 1; events {}
http { access_log off; include $folder/site.conf; }
CONF
    background "cvb-$1-g" "$1-nginx" nginx -p "$folder" -c "$folder/nginx.conf" -e stderr
    pid=$!
    until [[ -n $(pgrep -P "$pid") ]]; do ((++tries < 50)) || return 1; sleep 0.1; done
    pids[$1]+=" $pid $(pgrep -P "$pid" | tr '\n' ' ')"
}

# relay_chain NAME ROAD PROGRAM: a wireguard-go at each end, and between them both ends of a relay
relay_chain() {
    local name=$1 road=$2 program=$3 listen=https://0.0.0.0:443 folder=$work/$1
    pair "$name"
    keys "$name"
    certificate
    mkdir -p "$folder"
    wg_end "$name" g "$program" 51820 10.9.0.1/24 allowed-ips 10.9.0.2/32 || return 1
    [[ $road == wss ]] || listen=http://127.0.0.1:8080
    cat >"$folder/relay.yaml" <<CONF
listen: [$listen]
trustedProxies: [127.0.0.0/8]
tls: {certificate: $work/fullchain.pem, key: $work/privkey.pem}
relay:
  - {path: /connect, to: "udp://127.0.0.1:51820", publicKey: $(<"$work/$name-g.pub")}
CONF
    background "cvb-$name-g" "$name-gateway" "$culvert" server "$folder/relay.yaml"
    pids[$name]+=" $!"
    until_line "$name-gateway" '^ready' $! || return 1
    [[ $road == wss ]] || start_nginx "$name" || return 1
    background "cvb-$name-c" "$name-relay" "$culvert" relay --listen udp://127.0.0.1:51900 \
        --to wss://192.0.2.1/connect --ca-file "$work/fullchain.pem" --gateway-key "$(<"$work/$name-g.pub")"
    pids[$name]+=" $!"
    until_line "$name-relay" '^ready' $! || return 1
    wg_end "$name" c "$program" 51821 10.9.0.2/24 allowed-ips 10.9.0.0/24 endpoint 127.0.0.1:51900 \
        persistent-keepalive 20 || return 1
    far_address[$name]=10.9.0.1
}

start_culvert-relay() { relay_chain culvert-relay wss wireguard-go; }
start_culvert-relay-nginx() { relay_chain culvert-relay-nginx nginx wireguard-go; }
start_culvert-relay-latest() { relay_chain culvert-relay-latest wss wireguard-go-latest; }

start_culvert-wss() { culvert_chain culvert-wss wss "$culvert"; }
start_culvert-nginx() { culvert_chain culvert-nginx nginx "$culvert"; }
start_culvert-udp() { culvert_chain culvert-udp udp "$culvert"; }
start_culvert-wss-other() { culvert_chain culvert-wss-other wss "$CULVERT_OTHER"; }
start_culvert-nginx-other() { culvert_chain culvert-nginx-other nginx "$CULVERT_OTHER"; }
start_culvert-udp-other() { culvert_chain culvert-udp-other udp "$CULVERT_OTHER"; }

# culvert-wss with four connections
start_culvert-wss-striped() { peer_lines="#@ Connections = 4" culvert_chain culvert-wss-striped wss "$culvert"; }
# the packets of each side alone, as towards every other WireGuard: no super-packets across
start_culvert-wss-plain() { interface_lines="#@ SuperPackets = false" culvert_chain culvert-wss-plain wss "$culvert"; }
