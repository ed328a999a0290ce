package io.culvert.server.exit.policy;

import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.server.exit.policy.EgressRule.Flow;
import java.util.List;

/**
 * Where peers may go. Immutable.
 *
 * <ol>
 *   <li>An address that carries IPv4 addresses may be gone to only if those may.
 *   <li>The operator's rules in their order; the first that matches decides. An allowing rule does
 *       not match what is guarded, unless its prefix lies within the guarded range.
 *   <li>What is guarded is denied; private ranges only as the operator says.
 *   <li>The rest is allowed.
 * </ol>
 *
 * <p>Names play no part: whatever a name resolves to, and however often it changes, the address is
 * judged that a connection is made to. Whether an address is the machine's own is for the kernel to
 * say; see {@link Verdict.Allowed#isExact}.
 */
public final class EgressPolicy {
    private final List<EgressRule> rules;
    private final boolean allowsPrivate;

    /**
     * A policy of these rules.
     *
     * @param allowsPrivate whether private ranges are open without a rule
     */
    public EgressPolicy(List<EgressRule> rules, boolean allowsPrivate) {
        this.rules = List.copyOf(rules);
        this.allowsPrivate = allowsPrivate;
    }

    /** Judges a flow; {@code port} is 0 where there is none. */
    public Verdict decide(PublicKey peer, Protocol protocol, IpAddress address, int port) {
        return decide(new Flow(peer, protocol, address, port));
    }

    /** Judges a flow. */
    public Verdict decide(Flow flow) {
        for (IpAddress carried : Embedded.of(flow.address())) {
            if (ofOne(flow.to(carried)) instanceof Verdict.Denied(String why)) {
                return new Verdict.Denied(flow.address() + " carries " + carried + ": " + why);
            }
        }
        return ofOne(flow);
    }

    private Verdict ofOne(Flow flow) {
        Guard.Found guarded = Guard.of(flow.address());
        if (guarded != null && guarded.guard() == Guard.PRIVATE && allowsPrivate) {
            guarded = null;
        }
        for (EgressRule rule : rules) {
            boolean isMeant =
                    guarded == null
                            || !rule.isAllowing()
                            || guarded.range().contains(rule.prefix());
            if (isMeant && rule.matches(flow)) {
                return rule.isAllowing()
                        ? new Verdict.Allowed(rule.isExact())
                        : new Verdict.Denied("rule `" + rule + "`");
            }
        }
        return guarded == null
                ? new Verdict.Allowed(false)
                : new Verdict.Denied(guarded.guard() + " " + guarded.range());
    }
}
