package io.culvert.host;

import io.culvert.config.RoutingTable;
import io.culvert.ip.IpPrefix;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Routes and rules of a tunnel.
 *
 * <p>A default route goes into a table of its own, which everything but marked packets looks into,
 * after the main table has been asked for anything but a default route. So carriers and the local
 * network keep their ways, and routes that others set meanwhile stay untouched. Confined to the
 * thread that sets up the tunnel.
 */
final class Routes {
    private static final Pattern PRIORITY = Pattern.compile("(?m)^(\\d+):");
    private static final int MAIN_PRIORITY = 32766;
    private static final int RULES = 2;

    private final Changes changes;
    private final LinkPlan plan;
    private final Predicate<Family> isPossible;

    Routes(Changes changes, LinkPlan plan, Predicate<Family> isPossible) {
        this.changes = changes;
        this.plan = plan;
        this.isPossible = isPossible;
    }

    void up() throws HostException {
        for (IpPrefix prefix : plan.routes()) {
            if (!isPossible.test(Family.of(prefix))) {
                continue;
            }
            switch (plan.file().local().table()) {
                case RoutingTable.Off() -> {}
                case RoutingTable.Named(var table) -> add(prefix, table);
                case RoutingTable.Auto() ->
                        add(
                                prefix,
                                plan.needsPolicy(prefix)
                                        ? Long.toString(plan.policyTable())
                                        : "main");
            }
        }
        // The rules come last: when they turn the traffic round, its routes are there.
        // Others choose their priorities by what they see, so one at a time.
        try (RunDir.Lock _ = changes.journal().lock()) {
            for (Family family : plan.policyFamilies()) {
                if (isPossible.test(family)) {
                    addRules(family);
                }
            }
        }
    }

    private void add(IpPrefix prefix, String table) throws HostException {
        String flag = Family.of(prefix).flag();
        String link = plan.link();
        String text = prefix.toString();
        changes.undoBy("ip", flag, "route", "del", text, "dev", link, "table", table);
        changes.run("ip", flag, "route", "add", text, "dev", link, "table", table);
    }

    /** With priorities of their own, so that undoing never takes somebody else's like rule. */
    private void addRules(Family family) throws HostException {
        String flag = family.flag();
        int first = freePriority(family);
        String before = Integer.toString(first);
        String main = "ip " + flag + " rule %s priority " + before + " table main";
        rule(main + " suppress_prefixlength 0");
        String after = Integer.toString(first + 1);
        String table = Long.toString(plan.policyTable());
        String policy = "ip " + flag + " rule %s priority " + after;
        rule(policy + " not fwmark " + plan.mark() + " table " + table);
    }

    private void rule(String form) throws HostException {
        changes.add(
                List.of(form.formatted("del").split(" ", -1)),
                List.of(form.formatted("add").split(" ", -1)));
    }

    /** The kernel's own choice: right before the first rule after the local table's. */
    private int freePriority(Family family) throws HostException {
        Matcher matcher = PRIORITY.matcher(changes.ask("ip", family.flag(), "rule", "show"));
        int next = MAIN_PRIORITY;
        while (matcher.find()) {
            int priority = Integer.parseInt(matcher.group(1));
            next = priority > 0 ? Math.min(next, priority) : next;
        }
        if (next <= RULES) {
            throw new HostException(
                    "there is no room for a routing rule before the one of priority " + next,
                    "give that rule a higher number, or set Table = off and route yourself");
        }
        return next - RULES;
    }
}
