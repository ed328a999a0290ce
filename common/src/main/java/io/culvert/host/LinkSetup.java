package io.culvert.host;

import io.culvert.config.Hooks;
import io.culvert.config.RoutingTable;
import io.culvert.config.TunnelFile;
import io.culvert.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What wg-quick does around a device that exists already, every change written down before.
 *
 * <ol>
 *   <li>{@link #before}: kill switch, PreUp. Then the device is made.
 *   <li>{@link #up}: addresses, MTU, link up; the firewall of a default route; routes, and the
 *       rules that turn the traffic round; DNS; PostUp.
 *   <li>{@link Journal#undo} does it backwards: PreDown, DNS, rules, … PostDown. The kill switch
 *       falls last, so that at no moment something leaves in clear.
 * </ol>
 *
 * <p>When a call throws, the caller undoes the journal. Confined to the thread that sets up the
 * tunnel.
 */
public final class LinkSetup {
    private static final String SYSCTL = "/proc/sys/net/";
    private static final String VALID_MARK = SYSCTL + "ipv4/conf/all/src_valid_mark";

    private final Changes changes;
    private final LinkPlan plan;
    private final Hooks hooks;
    private final List<String> warnings = new ArrayList<>();

    /** Whether the link has what it needs of the file's IPv6. */
    private boolean hasIpv6 = true;

    private LinkSetup(Changes changes, LinkPlan plan) {
        this.changes = changes;
        this.plan = plan;
        this.hooks = plan.file().hooks();
    }

    /** Looks at the machine and decides what {@link #before} and {@link #up} will do. */
    public static LinkSetup of(Machine machine, Journal journal, TunnelFile file, Remotes remotes)
            throws HostException {
        Changes changes = new Changes(machine, journal);
        return new LinkSetup(changes, new Planner(changes).plan(file, remotes));
    }

    /** What was decided: among it the mark that every carrier's socket needs. */
    public LinkPlan plan() {
        return plan;
    }

    /** What was left out because this machine cannot, a line each. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Closes the ways beside the tunnel and runs PreUp: all that comes before the device. */
    public void before() throws HostException {
        recordHooks("PostDown", hooks.postDown());
        Long mark = plan.mark();
        if (plan.file().local().killSwitch() && mark != null) {
            requireNft("KillSwitch");
            Firewall.installKillSwitch(changes, plan.link(), mark);
        }
        runHooks("PreUp", hooks.preUp());
    }

    /** Configures the device, which exists now, and turns the traffic into it. */
    public void up() throws HostException {
        prepareIpv6();
        for (IpPrefix address : plan.file().local().addresses()) {
            if (isPossible(Family.of(address))) {
                addAddress(address);
            }
        }
        String link = plan.link();
        String oldMtu = changes.look("/sys/class/net/" + link + "/mtu");
        if (oldMtu == null) {
            changes.undoBy("ip", "link", "set", "dev", link, "down");
        } else {
            changes.undoBy("ip", "link", "set", "dev", link, "mtu", oldMtu.strip(), "down");
        }
        String mtu = Integer.toString(plan.mtu());
        changes.run("ip", "link", "set", "mtu", mtu, "up", "dev", link);
        preparePolicyRouting();
        new Routes(changes, plan, this::isPossible).up();
        Dns dns = new Dns(changes, link);
        dns.up(plan.file().local());
        warnings.addAll(dns.warnings(plan));
        recordHooks("PreDown", hooks.preDown());
        runHooks("PostUp", hooks.postUp());
    }

    /** No address but those of the file, and those even where IPv6 is off by default. */
    private void prepareIpv6() throws HostException {
        String conf = SYSCTL + "ipv6/conf/";
        try {
            changes.sysctlOfLink(conf + plan.link() + "/addr_gen_mode", "1");
        } catch (HostException e) {
            // Containers forbid it; all it costs is an address that nobody is told of.
            warnings.add("the interface gets a link-local address besides: " + e.getMessage());
        }
        boolean hasAddress = plan.file().local().addresses().stream().anyMatch(IpPrefix::isIpv6);
        boolean hasRoute =
                !(plan.file().local().table() instanceof RoutingTable.Off)
                        && plan.routes().stream().anyMatch(IpPrefix::isIpv6);
        String why = hasAddress || hasRoute ? whyNoIpv6(conf, hasAddress) : null;
        if (why != null) {
            hasIpv6 = false;
            warnings.add(why + ": IPv6 is left out of the tunnel");
        }
    }

    /** Switches IPv6 on for the link; returns why that cannot be, or must not; null when done. */
    private @Nullable String whyNoIpv6(String conf, boolean hasAddress) {
        String all = changes.look(conf + "all/disable_ipv6");
        if (changes.look(conf + "all/forwarding") == null) {
            return "this kernel has no IPv6";
        }
        if (!hasAddress && all != null && all.strip().equals("1")) {
            return "this machine has IPv6 switched off";
        }
        try {
            changes.sysctlOfLink(conf + plan.link() + "/disable_ipv6", "0");
            return null;
        } catch (HostException e) {
            return "IPv6 is off for new interfaces, and " + e.getMessage();
        }
    }

    private boolean isPossible(Family family) {
        return family == Family.IPV4 || hasIpv6;
    }

    private void addAddress(IpPrefix address) throws HostException {
        String flag = Family.of(address).flag();
        String text = address.toString();
        changes.undoBy("ip", flag, "address", "del", text, "dev", plan.link());
        changes.run("ip", flag, "address", "add", text, "dev", plan.link());
    }

    private void preparePolicyRouting() throws HostException {
        Long mark = plan.mark();
        if (plan.policyFamilies().isEmpty() || mark == null) {
            return;
        }
        if (changes.machine().commands().has("nft")) {
            String table = Firewall.table("policy", plan.link());
            Firewall.install(changes, table, Firewall.policyRouting(plan, mark));
        } else {
            warnings.add(
                    "nft is missing: without nftables others on the local network can send"
                            + " packets to the tunnel's addresses, and names may be asked of"
                            + " servers beside the tunnel");
        }
        try {
            changes.sysctl(VALID_MARK, "1");
        } catch (HostException e) {
            // Only a strict reverse-path filter needs it, and containers often forbid it.
            warnings.add(String.valueOf(e.getMessage()));
        }
    }

    private void requireNft(String what) throws HostException {
        if (!changes.machine().commands().has("nft")) {
            throw new HostException(
                    what + " needs nft, which is not installed", "install nftables");
        }
    }

    private void recordHooks(String when, List<String> lines) throws HostException {
        for (int i = lines.size(); i > 0; i--) { // undone last first
            changes.undoBy(new UndoStep.RunHook(title(when, i), lines.get(i - 1)));
        }
    }

    private void runHooks(String when, List<String> lines) throws HostException {
        for (int i = 1; i <= lines.size(); i++) {
            String complaint =
                    Hook.run(changes.machine().commands(), title(when, i), lines.get(i - 1));
            if (complaint != null) {
                throw new HostException(complaint, "correct it in the tunnel file");
            }
        }
    }

    private static String title(String when, int number) {
        return "hook " + when + " " + number;
    }
}
