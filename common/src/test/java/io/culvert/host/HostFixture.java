package io.culvert.host;

import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import java.nio.file.Path;

/** Tunnel files and machines that several tests begin with. */
final class HostFixture {
    static final String RESOLV = "/etc/resolv.conf";
    static final String VALID_MARK = "/proc/sys/net/ipv4/conf/all/src_valid_mark";

    /** No process has this pid: the kernel's limit is 2²². */
    static final Owner DEAD = new Owner(1L << 40, 1);

    private static final String KEY = "cHJpdmF0ZSBrZXkgb2YgdGhlIHRlc3RzIHNvIGxvbmc=";
    private static final String PEER = "cHVibGljIGtleSBvZiB0aGUgdGVzdHMgc28gbG9uZyE=";

    private HostFixture() {}

    static TunnelFile tunnel(String name, String local, String peer) throws ConfigException {
        return TunnelFile.parse(
                Path.of("/etc/wireguard/" + name + ".conf"),
                "[Interface]\nPrivateKey = "
                        + KEY
                        + "\n"
                        + local
                        + "\n[Peer]\nPublicKey = "
                        + PEER
                        + "\n"
                        + peer
                        + "\n");
    }

    static TunnelFile fullTunnel() throws ConfigException {
        String local =
                """
                Address = 10.8.0.2/32, fd08::2/128
                DNS = 10.8.0.1, corp.example
                PreUp = pre %i
                PostUp = post-up %i
                PreDown = pre-down %i
                PostDown = post-down %i
                #@ KillSwitch = true
                """;
        String peer =
                """
                AllowedIPs = 0.0.0.0/0, ::/0
                #@ WebSocket = wss://vpn.example.com/
                """;
        return tunnel("wg0", local, peer);
    }

    static PretendHost linux() {
        PretendHost host = new PretendHost();
        host.files.put(VALID_MARK, "0\n");
        host.files.put("/proc/sys/net/ipv4/ip_forward", "0\n");
        host.files.put("/proc/sys/net/ipv4/conf/all/accept_redirects", "0\n");
        host.files.put("/proc/sys/net/ipv4/conf/eth0/forwarding", "0\n");
        host.files.put("/proc/sys/net/ipv4/conf/br0/forwarding", "1\n");
        host.files.put("/proc/sys/net/ipv6/conf/all/forwarding", "0\n");
        host.files.put("/proc/sys/net/ipv6/conf/all/accept_ra", "1\n");
        host.files.put("/proc/sys/net/ipv6/conf/eth0/forwarding", "0\n");
        host.files.put("/proc/sys/net/ipv6/conf/eth0/accept_ra", "1\n");
        host.files.put(RESOLV, "# the machine's own\nnameserver 192.0.2.53\noptions edns0\n");
        host.answers.put("ip -4 rule show", "0:\tfrom all lookup local\n32766:\tfrom all\n");
        host.answers.put("ip -6 rule show", "0:\tfrom all lookup local\n5000:\tfrom all\n");
        return host;
    }
}
