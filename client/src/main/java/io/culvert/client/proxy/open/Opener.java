package io.culvert.client.proxy.open;

import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.dns.Answer;
import io.culvert.client.proxy.dns.Resolver;
import io.culvert.ip.IpAddress;
import io.culvert.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** Opens flows to targets through the tunnel. Confined to the loop. */
public final class Opener {
    private final Inside inside;
    private final EventLoop loop;
    private final Resolver resolver;
    private final Families families;
    private final long limitNs;

    /** An opener by this resolver. */
    public Opener(
            Inside inside,
            EventLoop loop,
            Resolver resolver,
            Families families,
            ProxyLimits limits) {
        this.inside = inside;
        this.loop = loop;
        this.resolver = resolver;
        this.families = families;
        this.limitNs = limits.connectNs();
    }

    /** Which families the tunnel has addresses of. Immutable. */
    public record Families(boolean ipv4, boolean ipv6) {
        /** IPv6 first, as it is preferred. */
        private List<Boolean> list() {
            List<Boolean> list = new ArrayList<>();
            if (ipv6) {
                list.add(true);
            }
            if (ipv4) {
                list.add(false);
            }
            return list;
        }
    }

    /** The port to the inside, for what is no flow. */
    public Inside inside() {
        return inside;
    }

    /** Begins to open a flow; the waiter is told later than the return. */
    public Opening open(Target target, Opening.Waiter waiter) {
        Opening opening = new Opening(inside, loop, target.port(), waiter);
        IpAddress literal = target.literal();
        if (target.isLocalhost() || (literal != null && !Reach.isInside(literal))) {
            opening.failLater(OpenFailure.DENIED);
        } else if (literal != null) {
            opening.start(literal, limitNs);
        } else if (families.list().isEmpty()) {
            opening.failLater(OpenFailure.NETWORK_UNREACHABLE);
        } else {
            opening.start(resolver, target.host(), families.list(), limitNs);
        }
        return opening;
    }

    /**
     * Finds one address of a target, for datagrams, which cannot be raced: IPv4 where there is one,
     * as its paths are the better kept ones for UDP.
     *
     * @param waiter told at once where no server need be asked, else later than the return
     */
    public Resolver.Lookup find(Target target, AddressWaiter waiter) {
        IpAddress literal = target.literal();
        if (target.isLocalhost() || (literal != null && !Reach.isInside(literal))) {
            waiter.onNoAddress(OpenFailure.DENIED);
            return () -> {};
        }
        if (literal != null) {
            waiter.onAddress(literal);
            return () -> {};
        }
        if (families.list().isEmpty()) {
            waiter.onNoAddress(OpenFailure.NETWORK_UNREACHABLE);
            return () -> {};
        }
        return new Finding(target, waiter).start();
    }

    /** Told of one address, or that there is none. */
    public interface AddressWaiter {
        /** The address. */
        void onAddress(IpAddress address);

        /** There is none. */
        void onNoAddress(OpenFailure failure);
    }

    /** A name of which any address will do. Confined to the loop. */
    private final class Finding {
        private final Target target;
        private final AddressWaiter waiter;
        private Resolver.Lookup lookup = () -> {};

        Finding(Target target, AddressWaiter waiter) {
            this.target = target;
            this.waiter = waiter;
        }

        Resolver.Lookup start() {
            boolean isIpv6First = !families.ipv4();
            ask(isIpv6First, families.ipv4() && families.ipv6());
            return () -> lookup.cancel();
        }

        private void ask(boolean isIpv6, boolean hasOther) {
            lookup = resolver.lookup(target.host(), isIpv6, found -> onAnswer(found, hasOther));
        }

        private void onAnswer(Answer answer, boolean hasOther) {
            switch (answer) {
                case Answer.Addresses found -> tell(found.addresses());
                case Answer.None none -> {
                    if (hasOther) {
                        ask(true, false);
                    } else {
                        waiter.onNoAddress(OpenFailure.of(none.reason()));
                    }
                }
            }
        }

        private void tell(List<IpAddress> addresses) {
            addresses.stream()
                    .filter(Reach::isInside)
                    .findFirst()
                    .ifPresentOrElse(
                            waiter::onAddress, () -> waiter.onNoAddress(OpenFailure.DENIED));
        }
    }
}
