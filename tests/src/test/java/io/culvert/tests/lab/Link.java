package io.culvert.tests.lab;

/**
 * A cable between two namespaces, and what can befall it. Confined to the test's thread.
 *
 * <p>Faults are made on the far side, so that the near side's firewall stays as it is.
 */
public final class Link {
    private final Namespace near;
    private final String nearDevice;
    private final Namespace far;
    private final String farDevice;

    Link(Namespace near, String nearDevice, Namespace far, String farDevice) {
        this.near = near;
        this.nearDevice = nearDevice;
        this.far = far;
        this.farDevice = farDevice;
        Shell.sh(
                "ip link add %s netns %s type veth peer name %s netns %s"
                        .formatted(nearDevice, near.name(), farDevice, far.name()));
        near.sh(raise(nearDevice));
        far.sh(raise(farDevice));
        near.sh(awaitUp(nearDevice));
        far.sh(awaitUp(farDevice));
    }

    /**
     * Without link-local addresses: their duplicate detection would change the host for seconds.
     */
    private static String raise(String device) {
        return "sysctl -qw net.ipv6.conf.%1$s.addr_gen_mode=1; ip link set %1$s up"
                .formatted(device);
    }

    /** The kernel notices the carrier a little later. */
    private static String awaitUp(String device) {
        return """
        i=0
        until ip -o link show %s | grep -q 'state UP'; do
          i=$((i+1)); test $i -lt 100; sleep 0.05
        done
        """
                .formatted(device);
    }

    /** Addresses with their prefix lengths, IPv4 or IPv6, usable at once. */
    public Link addresses(String nearAddress, String farAddress) {
        near.sh(add(nearAddress, nearDevice));
        far.sh(add(farAddress, farDevice));
        return this;
    }

    /** The near end moves to another network address, as a laptop does. */
    public void moveNear(String from, String to) {
        near.sh("ip addr del %s dev %s; %s".formatted(from, nearDevice, add(to, nearDevice)));
    }

    /** Swallows everything both ways, without a sign to either end. */
    public void blackhole() {
        far.sh(
                """
                nft -f - <<END
                table inet cvtlab {
                  chain in { type filter hook prerouting priority -350; iifname "%1$s" drop; }
                  chain out { type filter hook postrouting priority 350; oifname "%1$s" drop; }
                }
                END
                """
                        .formatted(farDevice));
    }

    public void restore() {
        far.sh("nft delete table inet cvtlab");
    }

    /** Limits both directions, for instance to {@code 200mbit}. */
    public void limit(String rate) {
        String tbf = "tc qdisc replace dev %s root tbf rate %s burst 256kb latency 50ms";
        near.sh(tbf.formatted(nearDevice, rate));
        far.sh(tbf.formatted(farDevice, rate));
    }

    private static String add(String address, String device) {
        String nodad = address.contains(":") ? " nodad" : "";
        return "ip addr add %s dev %s%s".formatted(address, device, nodad);
    }
}
