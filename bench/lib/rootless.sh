# The chains whose near end is a forward of a process that may do nothing; those of `chains.sh` but for that. Sourced.

# What runs by $powerless has no capability and can get none: no device, no route, no raw socket.
powerless=(setpriv --bounding-set=-all --inh-caps=-all --no-new-privs)

# culvert_proxy NAME PEER-LINE TARGET: `culvert proxy` with a forward to it; by UDP too where $forwards says so
culvert_proxy() {
    local name=$1 options=(-L "127.0.0.1:5201:$3:5201")
    [[ ${forwards:-} != udp ]] || options+=(-L "127.0.0.1:5201:$3:5201/udp")
    prepare_only=yes culvert_client "$name" "$culvert" "$2"
    background "cvb-$name-c" "$name-c" "${powerless[@]}" "$culvert" proxy "${options[@]}" "$work/$name/home.conf"
    pids[$name]+=" $!"
    dialled[$name]=127.0.0.1
    until_line "$name-c" '^ready' $!
}

proxy_chain() {
    local name=$1 listen=$2 peer_line=$3
    pair "$name"
    keys "$name"
    certificate
    far_address[$name]=10.9.0.1
    culvert_gateway "$name" "$culvert" "$listen" && culvert_proxy "$name" "$peer_line" 10.9.0.1
}

start_culvert-proxy() {
    proxy_chain culvert-proxy https://0.0.0.0:443 "#@ WebSocket = wss://192.0.2.1/connect
#@ CaFile = $work/fullchain.pem"
}

start_culvert-proxy-udp() { proxy_chain culvert-proxy-udp udp://0.0.0.0:51820 "Endpoint = 192.0.2.1:51820"; }

# xray_end NAME END INBOUND OUTBOUND: Xray with its userspace network stack
xray_end() {
    local folder=$work/$1
    mkdir -p "$folder"
    printf '{"log": {"loglevel": "warning"}, "inbounds": [%s], "outbounds": [%s]}' "$3" "$4" >"$folder/$2.json"
    background "cvb-$1-$2" "$1-$2" "${powerless[@]}" xray run -c "$folder/$2.json"
    pids[$1]+=" $!"
}

# xray_client NAME TARGET
xray_client() {
    xray_end "$1" c "{\"listen\": \"127.0.0.1\", \"port\": 5201, \"protocol\": \"dokodemo-door\",
        \"settings\": {\"address\": \"$2\", \"port\": 5201, \"network\": \"tcp\"}}" \
        "{\"protocol\": \"wireguard\", \"settings\": {\"secretKey\": \"$(<"$work/$1-c.key")\", \"address\": [\"10.9.0.2/32\"],
        \"mtu\": 1420, \"noKernelTun\": true, \"peers\": [{\"publicKey\": \"$(<"$work/$1-g.pub")\",
        \"endpoint\": \"192.0.2.1:51820\", \"allowedIPs\": [\"0.0.0.0/0\"]}]}}"
    dialled[$1]=127.0.0.1
}

start_xray-proxy() {
    local name=xray-proxy
    pair $name
    keys $name
    wg_end $name g wireguard-go-latest 51820 10.9.0.1/24 allowed-ips 10.9.0.2/32 || return 1
    xray_client $name 10.9.0.1
    far_address[$name]=10.9.0.1
}

start_xray-rootless() {
    local name=xray-rootless
    pair $name
    keys $name
    xray_end $name g "{\"listen\": \"0.0.0.0\", \"port\": 51820, \"protocol\": \"wireguard\", \"settings\": {
        \"secretKey\": \"$(<"$work/$name-g.key")\", \"address\": [\"10.9.0.1/32\"], \"mtu\": 1420, \"noKernelTun\": true,
        \"peers\": [{\"publicKey\": \"$(<"$work/$name-c.pub")\", \"allowedIPs\": [\"10.9.0.2/32\"]}]}}" \
        '{"protocol": "freedom"}'
    xray_client $name 192.0.2.1
    far_address[$name]=192.0.2.1
}

# both ends without root: the gateway opens sockets of its own
start_culvert-rootless() {
    local name=culvert-rootless
    pair $name
    keys $name
    certificate
    far_address[$name]=192.0.2.1
    # all flows of the bench have one target: without this their ports, once closed, are taken for a minute
    on "cvb-$name-g" sysctl -qw net.ipv4.tcp_tw_reuse=1
    local gateway_lines="inside: userspace
egress: [{allow: 192.0.2.1/32}]
limits: {flowsPerPeer: 16000, newFlowsPerSecond: 10000}" allowed_too=", 192.0.2.1/32" gateway_by=("${powerless[@]}")
    culvert_gateway $name "$culvert" https://0.0.0.0:8443 || return 1
    culvert_proxy $name "#@ WebSocket = wss://192.0.2.1:8443/connect
#@ CaFile = $work/fullchain.pem" 192.0.2.1
}
