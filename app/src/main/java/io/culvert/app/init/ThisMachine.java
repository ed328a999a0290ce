package io.culvert.app.init;

import io.culvert.app.run.Privilege;
import io.culvert.ip.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** What this machine, and this user, may do for a gateway. Stateless, thread-safe. */
final class ThisMachine {
    private static final Path TUN = Path.of("/dev/net/tun");
    private static final Path FIRST_PORT = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    private static final int HTTPS_PORT = 443;

    private ThisMachine() {}

    static InitPlan.Here look() {
        boolean hasTun = Privilege.mayMakeInterfaces() && Files.exists(TUN);
        return new InitPlan.Here(hasTun, hasLowPorts(), address());
    }

    private static boolean hasLowPorts() {
        if (Privilege.mayBindLowPorts()) {
            return true;
        }
        try {
            return Integer.parseInt(Files.readString(FIRST_PORT).strip()) <= HTTPS_PORT;
        } catch (IOException | NumberFormatException ignored) { // no Linux: then it may not
            return false;
        }
    }

    /** IPv4 before IPv6, and what others may reach before what only neighbours can. */
    private static String address() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(ThisMachine::isNetwork)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(ThisMachine::isOfUse)
                    .sorted(Comparator.comparingInt(ThisMachine::rank))
                    .map(found -> IpAddress.of(found).toString())
                    .findFirst()
                    .orElse("");
        } catch (SocketException ignored) { // then none is known
            return "";
        }
    }

    private static boolean isNetwork(NetworkInterface candidate) {
        try {
            return candidate.isUp() && !candidate.isLoopback() && !candidate.isPointToPoint();
        } catch (SocketException ignored) { // it went meanwhile
            return false;
        }
    }

    private static boolean isOfUse(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress();
    }

    private static int rank(InetAddress address) {
        boolean isIpv6 = address.getAddress().length != 4;
        return List.of(address.isSiteLocalAddress(), isIpv6).stream()
                .mapToInt(worse -> worse ? 1 : 0)
                .sum();
    }
}
