package io.culvert.app.run;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.forward.Forward;
import io.culvert.client.proxy.front.Door;
import io.culvert.client.proxy.front.Door.Speaks;
import io.culvert.client.proxy.front.ProxySetup;
import io.culvert.client.proxy.open.Opener.Families;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.config.ConfigException;
import io.culvert.config.FileFault;
import io.culvert.config.ProxyLines;
import io.culvert.config.ProxyLines.Line;
import io.culvert.config.RoutingTable;
import io.culvert.config.TunnelFile;
import io.culvert.ip.IpPrefix;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy is to open: what options say, else the file's lines of the same kind, else the usual
 * port. Forwards of both add up. Used once, by one thread.
 */
final class ProxyPlan {
    private static final String USUAL = "127.0.0.1:1080";

    private final ProxyWish wish;
    private final TunnelFile file;
    private final ProxyLines lines;

    ProxyPlan(ProxyWish wish, TunnelFile file) {
        this.wish = wish;
        this.file = file;
        this.lines = wish.isSingle() ? ProxyLines.NONE : file.local().proxy();
    }

    /**
     * The setup.
     *
     * @throws ConfigException for a fault of the file
     * @throws WrongInput for a fault of the command line
     */
    ProxySetup setup() throws ConfigException, WrongInput {
        if (file.local().addresses().isEmpty()) {
            throw new WrongInput(
                    file.path()
                            + ": has no Address: write the one that the gateway's file gives"
                            + " this peer, as in Address = 10.8.0.2/32");
        }
        List<Forward> forwards = forwards();
        List<LocalAddress.Tcp> dns = dns();
        List<Door> doors = doors(forwards.isEmpty() && dns.isEmpty());
        List<IpPrefix> addresses = file.local().addresses();
        return new ProxySetup(
                doors,
                forwards,
                dns,
                file.local().dnsServers(),
                file.local().searchDomains(),
                new Families(
                        addresses.stream().anyMatch(address -> !address.isIpv6()),
                        addresses.stream().anyMatch(IpPrefix::isIpv6)),
                credentials(),
                ProxyLimits.DEFAULT);
    }

    private List<Door> doors(boolean isNothingElse) throws ConfigException, WrongInput {
        LocalAddress socks = chosen("--socks", wish.socks(), lines.socks());
        LocalAddress http = chosen("--http", wish.http(), lines.http());
        if (socks == null && http == null) {
            boolean isUsual = isNothingElse && !wish.isSingle();
            return isUsual ? List.of(new Door(LocalAddress.parse(USUAL), Speaks.BOTH)) : List.of();
        }
        if (socks != null && socks.equals(http)) {
            return List.of(new Door(socks, Speaks.BOTH));
        }
        List<Door> doors = new ArrayList<>();
        if (socks != null) {
            doors.add(new Door(socks, Speaks.SOCKS));
        }
        if (http != null) {
            doors.add(new Door(http, Speaks.HTTP));
        }
        return doors;
    }

    private static @Nullable LocalAddress chosen(
            String option, @Nullable String text, @Nullable Line line)
            throws ConfigException, WrongInput {
        if (text != null) {
            return ofOption(option + ": ", text, LocalAddress::parse);
        }
        return line == null ? null : ofLine(line, LocalAddress::parse);
    }

    private static <T> T ofOption(String before, String text, Function<String, T> parser)
            throws WrongInput {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new WrongInput(before + e.getMessage());
        }
    }

    /** The parsers' lines have the remedy at their end. */
    private static <T> T ofLine(Line line, Function<String, T> parser) throws ConfigException {
        try {
            return parser.apply(line.value());
        } catch (IllegalArgumentException e) {
            String whole = String.valueOf(e.getMessage());
            int cut = Math.max(0, whole.lastIndexOf("write "));
            String what = whole.substring(0, cut).replaceAll("[:;] $", "");
            throw line.bad(what, whole.substring(cut));
        }
    }

    private List<Forward> forwards() throws ConfigException, WrongInput {
        List<Forward> forwards = new ArrayList<>();
        for (Line line : lines.localForwards()) {
            forwards.add(ofLine(line, text -> Forward.parse(Forward.Side.LOCAL, text)));
        }
        for (Line line : lines.remoteForwards()) {
            forwards.add(ofLine(line, text -> Forward.parse(Forward.Side.REMOTE, text)));
        }
        for (String option : wish.localForwards()) {
            forwards.add(ofOption("", option, text -> Forward.parse(Forward.Side.LOCAL, text)));
        }
        for (String option : wish.remoteForwards()) {
            forwards.add(ofOption("", option, text -> Forward.parse(Forward.Side.REMOTE, text)));
        }
        return forwards;
    }

    private List<LocalAddress.Tcp> dns() throws ConfigException, WrongInput {
        LocalAddress at = chosen("--dns", wish.dns(), lines.dnsListen());
        if (at == null) {
            return List.of();
        }
        if (!(at instanceof LocalAddress.Tcp tcp)) {
            throw new WrongInput(
                    "names are not answered at "
                            + at
                            + ": write an address and a port, as in"
                            + " 127.0.0.1:5353");
        }
        if (file.local().dnsServers().isEmpty()) {
            throw new WrongInput(
                    file.path()
                            + ": has no DNS servers that names could be asked of: write"
                            + " DNS = 10.8.0.1");
        }
        return List.of(tcp);
    }

    private @Nullable Credentials credentials() throws WrongInput {
        String user = wish.user();
        Path from = wish.passwordFile();
        if (user == null && from == null) {
            return null;
        }
        if (user == null || from == null) {
            throw new WrongInput("--user and --password-file go together: write both");
        }
        if (user.contains(":")) {
            throw new WrongInput("--user: a name has no colon: write another");
        }
        return ofOption("--password-file: ", user + ":" + firstLine(from), Credentials::parse);
    }

    private static String firstLine(Path from) throws WrongInput {
        try (BufferedReader reader = Files.newBufferedReader(from)) {
            String line = reader.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new WrongInput(
                    "--password-file: "
                            + from
                            + " cannot be read ("
                            + FileFault.why(e)
                            + "): name a file that this user may read");
        }
    }

    /** What the operator should look at, a line each. */
    List<String> warnings(ProxySetup setup) {
        List<String> warnings = new ArrayList<>(unused());
        for (Door door : setup.doors()) {
            boolean isOpen =
                    door.at() instanceof LocalAddress.Tcp tcp
                            && !tcp.ip().toInetAddress().isLoopbackAddress();
            if (isOpen && setup.credentials() == null) {
                warnings.add(
                        "whoever reaches "
                                + door.at()
                                + " may use the tunnel: set --user and --password-file");
            }
        }
        return warnings;
    }

    /** Keys that `up` would do something about, and that need root. */
    private List<String> unused() {
        List<String> unused = new ArrayList<>();
        var local = file.local();
        var hooks = local.hooks();
        boolean hasHooks =
                !(hooks.preUp().isEmpty()
                        && hooks.postUp().isEmpty()
                        && hooks.preDown().isEmpty()
                        && hooks.postDown().isEmpty());
        if (hasHooks) {
            unused.add("its PreUp, PostUp, PreDown and PostDown are not run by a proxy");
        }
        if (local.killSwitch()) {
            unused.add(
                    "its KillSwitch keeps nothing in: programs that do not use the proxy go beside"
                            + " the tunnel");
        }
        if (local.fwMark() != null) {
            unused.add("its FwMark is not set on our own packets: that needs root");
        }
        if (!(local.table() instanceof RoutingTable.Auto)) {
            unused.add("its Table means nothing to a proxy, which sets no routes");
        }
        if (local.saveConfig()) {
            unused.add("its SaveConfig is not done by a proxy: the file stays as it is");
        }
        return unused.stream().map(line -> file.path() + ": " + line).toList();
    }
}
