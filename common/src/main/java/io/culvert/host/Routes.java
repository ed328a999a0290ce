package io.culvert.host;

import io.culvert.config.RoutingTable;
import io.culvert.ip.IpPrefix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    /** More routes of one place than these are added by one program. */
    private static final int MOST_SINGLY = 16;

    private final Changes changes;
    private final LinkPlan plan;
    private final Predicate<Family> isPossible;

    /** What routes can be added to at once. */
    private record Place(Family family, String table) {}

    Routes(Changes changes, LinkPlan plan, Predicate<Family> isPossible) {
        this.changes = changes;
        this.plan = plan;
        this.isPossible = isPossible;
    }

    void up() throws HostException {
        Map<Place, List<IpPrefix>> byPlace = new LinkedHashMap<>();
        for (IpPrefix prefix : plan.routes()) {
            String table = isPossible.test(Family.of(prefix)) ? table(prefix) : null;
            if (table != null) {
                Place place = new Place(Family.of(prefix), table);
                byPlace.computeIfAbsent(place, _ -> new ArrayList<>()).add(prefix);
            }
        }
        for (Map.Entry<Place, List<IpPrefix>> entry : byPlace.entrySet()) {
            add(entry.getKey(), entry.getValue());
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

    /** The table of the prefix's route; null when it gets none. */
    private @Nullable String table(IpPrefix prefix) {
        return switch (plan.file().local().table()) {
            case RoutingTable.Off() -> null;
            case RoutingTable.Named(var table) -> table;
            case RoutingTable.Auto() ->
                    plan.needsPolicy(prefix) ? Long.toString(plan.policyTable()) : "main";
        };
    }

    private void add(Place place, List<IpPrefix> prefixes) throws HostException {
        if (prefixes.size() > MOST_SINGLY) {
            addAtOnce(place, prefixes);
            return;
        }
        String flag = place.family().flag();
        String link = plan.link();
        for (IpPrefix prefix : prefixes) {
            String text = prefix.toString();
            changes.undoBy("ip", flag, "route", "del", text, "dev", link, "table", place.table());
            changes.run("ip", flag, "route", "add", text, "dev", link, "table", place.table());
        }
    }

    /** A program and a step for each of ten thousand would take half a minute. */
    private void addAtOnce(Place place, List<IpPrefix> prefixes) throws HostException {
        String flag = place.family().flag();
        String where = " dev " + plan.link() + " table " + place.table();
        StringBuilder lines = new StringBuilder();
        for (IpPrefix prefix : prefixes) {
            lines.append("route add ").append(prefix).append(where).append('\n');
        }
        // Those that `ip route add` made, and no network's that comes with an address.
        changes.undoBy(("ip " + flag + " route flush" + where + " proto boot").split(" ", -1));
        changes.feed(lines.toString(), "ip", flag, "-batch", "-");
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
