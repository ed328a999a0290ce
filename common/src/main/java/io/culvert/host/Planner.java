package io.culvert.host;

import io.culvert.config.TunnelFile;
import io.culvert.ip.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the machine and decides on mark, table and MTU. Changes nothing, but claims the table.
 * Confined to the thread that sets up the tunnel.
 */
final class Planner {
    /** What wg-quick begins with too: WireGuard's usual port. */
    private static final long FIRST_TABLE = 51820;

    private static final int TABLE_ATTEMPTS = 256;
    private static final int USUAL_MTU = 1500;

    /** Outer IPv6 and UDP headers, WireGuard's header and tag. */
    private static final int OVERHEAD = 80;

    private static final int LEAST_MTU = 1280;
    private static final Pattern MTU = Pattern.compile("\\bmtu (\\d+)");
    private static final Pattern DEVICE = Pattern.compile("\\bdev (\\S+)");

    private final Changes machine;

    Planner(Changes machine) {
        this.machine = machine;
    }

    /** Under the lock, so that no two tunnels decide on the same table. */
    LinkPlan plan(TunnelFile file, Remotes remotes) throws HostException {
        try (RunDir.Lock _ = machine.journal().lock()) {
            return decide(file, remotes);
        }
    }

    private LinkPlan decide(TunnelFile file, Remotes remotes) throws HostException {
        Long wanted = file.local().fwMark();
        boolean isNeeded =
                file.local().killSwitch() || !LinkPlan.policyFamilies(file, remotes).isEmpty();
        long table = wanted != null ? wanted : isNeeded ? freeTable() : FIRST_TABLE;
        Long mark = wanted != null || isNeeded ? (Long) table : null;
        Integer mtu = file.local().mtu();
        return new LinkPlan(file, remotes, mark, table, mtu == null ? mtu(file, remotes) : mtu);
    }

    private long freeTable() throws HostException {
        List<UndoStep> others = machine.journal().others();
        String rules =
                machine.ask("ip", "-4", "rule", "show") + machine.ask("ip", "-6", "rule", "show");
        for (long table = FIRST_TABLE; table < FIRST_TABLE + TABLE_ATTEMPTS; table++) {
            String number = Long.toString(table);
            UndoStep claim = new UndoStep.FreeTable(table);
            boolean isFree =
                    !others.contains(claim)
                            && !Pattern.compile("lookup " + number + "\\b").matcher(rules).find()
                            && machine.ask("ip", "-4", "route", "show", "table", number).isBlank()
                            && machine.ask("ip", "-6", "route", "show", "table", number).isBlank();
            if (isFree) {
                machine.undoBy(claim);
                return table;
            }
        }
        throw new HostException(
                "the routing tables from %d to %d are all in use"
                        .formatted(FIRST_TABLE, FIRST_TABLE + TABLE_ATTEMPTS - 1),
                "name one with FwMark in the tunnel file");
    }

    /** What fits unfragmented on every way to a peer; a byte stream carries any. */
    private int mtu(TunnelFile file, Remotes remotes) throws HostException {
        List<Integer> found = new ArrayList<>();
        if (remotes.udp().isEmpty()) {
            boolean isUdp = file.peers().stream().anyMatch(peer -> peer.webSocket() == null);
            // Who comes by datagrams from we know not where comes by the default route.
            Integer mtu = isUdp ? mtuOf(machine.ask("ip", "route", "show", "default")) : null;
            found.add(mtu == null ? USUAL_MTU : mtu);
        }
        for (IpAddress remote : remotes.udp()) {
            Integer mtu = mtuOf(machine.ask("ip", "route", "get", remote.toString()));
            if (mtu != null) {
                found.add(mtu);
            }
        }
        int least = found.stream().mapToInt(Integer::intValue).min().orElse(USUAL_MTU);
        // Loopback says 65536: a peer there is a relay, and what is behind it has a usual MTU.
        return Math.max(LEAST_MTU, Math.min(least, USUAL_MTU) - OVERHEAD);
    }

    /** Says of which MTU a route is; null when there is no such route. */
    private @Nullable Integer mtuOf(String route) throws HostException {
        Matcher own = MTU.matcher(route);
        if (own.find()) {
            return Integer.valueOf(own.group(1));
        }
        Matcher device = DEVICE.matcher(route);
        if (device.find()) {
            Matcher link = MTU.matcher(machine.ask("ip", "link", "show", "dev", device.group(1)));
            return link.find() ? Integer.valueOf(link.group(1)) : null;
        }
        return null;
    }
}
