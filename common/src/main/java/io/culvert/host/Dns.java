package io.culvert.host;

import io.culvert.config.InterfaceSection;
import io.culvert.ip.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tunnel's DNS servers, made the only ones: by systemd-resolved where it serves this machine,
 * else by resolvconf where there is one, else in {@code /etc/resolv.conf} itself. Confined to the
 * thread that sets up the tunnel.
 */
final class Dns {
    private static final String FILE = "/etc/resolv.conf";

    private static final Pattern DEVICE = Pattern.compile("\\bdev (\\S+)");

    private final Changes changes;
    private final String link;

    Dns(Changes changes, String link) {
        this.changes = changes;
        this.link = link;
    }

    /** Search domains alone change nothing, as with wg-quick. */
    void up(InterfaceSection local) throws HostException {
        List<String> servers = local.dnsServers().stream().map(IpAddress::toString).toList();
        List<String> domains = local.searchDomains();
        if (servers.isEmpty()) {
            return;
        }
        Commands commands = changes.machine().commands();
        if (isResolved() && commands.has("resolvectl")) {
            useResolved(servers, domains);
        } else if (!(commands.has("resolvconf") && useResolvconf(servers, domains))) {
            changes.replaceFile(FILE, header() + settings(servers, domains) + options());
        }
    }

    /** How names may leak or fail though all is set up, a line each. */
    List<String> warnings(LinkPlan plan) throws HostException {
        InterfaceSection local = plan.file().local();
        if (!plan.hasDefaultRoute()) {
            return List.of();
        }
        if (local.dnsServers().isEmpty()) {
            return List.of(
                    local.killSwitch()
                            ? "there is no DNS line: the kill switch keeps programs from asking"
                                    + " name servers on the local network"
                            : "there is no DNS line: names may be asked of servers on the local"
                                    + " network, beside the tunnel");
        }
        List<String> warnings = new ArrayList<>();
        for (IpAddress server : local.dnsServers()) {
            String route = changes.ask("ip", "route", "get", server.toString());
            Matcher device = DEVICE.matcher(route);
            boolean isBeside =
                    device.find() && !device.group(1).equals(link) && !device.group(1).equals("lo");
            if (isBeside) {
                warnings.add(
                        "DNS = %s is reached by %s beside the tunnel, where our firewall drops it"
                                .formatted(server, device.group(1)));
            }
        }
        return warnings;
    }

    /** Whether what programs ask is systemd-resolved. */
    private boolean isResolved() {
        String content = changes.look(FILE);
        try {
            String target = changes.machine().files().linkTarget(Path.of(FILE));
            return (target != null && target.contains("systemd/resolve"))
                    || (content != null
                            && content.matches("(?s).*nameserver\\s+127\\.0\\.0\\.5[34]\\b.*"));
        } catch (IOException unreadable) {
            return false;
        }
    }

    private void useResolved(List<String> servers, List<String> domains) throws HostException {
        changes.undoBy("resolvectl", "revert", link);
        List<String> dns = new ArrayList<>(List.of("resolvectl", "dns", link));
        dns.addAll(servers);
        changes.run(dns.toArray(String[]::new));
        // "~." draws every name to this link; without it other links' servers are asked as well.
        List<String> domain = new ArrayList<>(List.of("resolvectl", "domain", link, "~."));
        domain.addAll(domains);
        changes.run(domain.toArray(String[]::new));
        changes.run("resolvectl", "default-route", link, "yes");
    }

    /** False when there is a resolvconf that does not work: it may be resolvectl's other name. */
    private boolean useResolvconf(List<String> servers, List<String> domains) throws HostException {
        String record = "tun." + link;
        changes.undoBy("resolvconf", "-d", record, "-f");
        List<String> argv = List.of("resolvconf", "-a", record, "-m", "0", "-x");
        return changes.machine().commands().run(argv, settings(servers, domains)).succeeded();
    }

    private String header() {
        return "# Written by culvert for " + link + ", which restores what was here\n";
    }

    private static String settings(List<String> servers, List<String> domains) {
        String text =
                servers.stream()
                        .map(server -> "nameserver " + server + "\n")
                        .collect(Collectors.joining());
        return domains.isEmpty() ? text : text + "search " + String.join(" ", domains) + "\n";
    }

    /** The operator's own options stay. */
    private String options() {
        String content = changes.look(FILE);
        return content == null
                ? ""
                : content.lines()
                        .filter(line -> line.startsWith("options"))
                        .map(line -> line + "\n")
                        .collect(Collectors.joining());
    }
}
