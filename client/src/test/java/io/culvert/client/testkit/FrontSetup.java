package io.culvert.client.testkit;

import io.culvert.client.proxy.Credentials;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.forward.Forward;
import io.culvert.client.proxy.front.Door;
import io.culvert.client.proxy.front.ProxySetup;
import io.culvert.client.proxy.open.Opener.Families;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.ip.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A setup for {@link FrontLab}: one door for all at a port of the system's choice, and DNS. */
public final class FrontSetup {
    private final List<Door> doors = new ArrayList<>();
    private final List<Forward> forwards = new ArrayList<>();
    private @Nullable Credentials credentials;

    FrontSetup() {
        doors.add(new Door(LocalAddress.parse("127.0.0.1:0"), Door.Speaks.BOTH));
    }

    /** Another door; {@code socks:} before its address keeps HTTP out. */
    public FrontSetup withDoor(String text) {
        boolean isSocks = text.startsWith("socks:");
        LocalAddress at = LocalAddress.parse(isSocks ? text.substring("socks:".length()) : text);
        doors.add(new Door(at, isSocks ? Door.Speaks.SOCKS : Door.Speaks.BOTH));
        return this;
    }

    /** Forwards as on the command line; port 0 is one of the system's choice. */
    public FrontSetup withForwards(String... options) {
        for (String option : options) {
            Forward.Side side = option.startsWith("-L") ? Forward.Side.LOCAL : Forward.Side.REMOTE;
            String text = option.substring(2);
            boolean isAny = text.startsWith("0:");
            Forward forward = Forward.parse(side, isAny ? "1" + text.substring(1) : text);
            boolean isLocal = isAny && forward instanceof Forward.Local;
            forwards.add(isLocal ? anyPort((Forward.Local) forward) : forward);
        }
        return this;
    }

    private static Forward anyPort(Forward.Local forward) {
        return new Forward.Local(LocalAddress.parse("127.0.0.1:0"), forward.to(), forward.isUdp());
    }

    /** What clients must give, {@code user:password}. */
    public FrontSetup withCredentials(String text) {
        credentials = Credentials.parse(text);
        return this;
    }

    ProxySetup build() {
        return new ProxySetup(
                doors,
                forwards,
                List.of((LocalAddress.Tcp) LocalAddress.parse("127.0.0.1:0")),
                List.of(IpAddress.parse("10.9.0.1")),
                List.of(),
                new Families(true, false),
                credentials,
                ProxyLimits.DEFAULT);
    }
}
