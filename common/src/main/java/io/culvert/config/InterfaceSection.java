package io.culvert.config;

import io.culvert.crypto.PrivateKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel file says about this end. Immutable; {@code toString} shows no secret.
 *
 * @param addresses with their host bits; a bare address counts as /32 or /128, as in wg-quick
 * @param mtu null: chosen when the tunnel comes up
 * @param fwMark null or 1 to 2³²-1; {@code off} and 0 are null: chosen where one is needed
 * @param listenPort null or 0: any
 * @param killSwitch whether nothing may leave but through the tunnel
 * @param superPackets whether super-packets may cross to peers that take them
 * @param proxy what {@code culvert proxy} is to do
 */
public record InterfaceSection(
        PrivateKey privateKey,
        List<IpPrefix> addresses,
        List<IpAddress> dnsServers,
        List<String> searchDomains,
        @Nullable Integer mtu,
        RoutingTable table,
        Hooks hooks,
        boolean saveConfig,
        @Nullable Long fwMark,
        @Nullable Integer listenPort,
        boolean killSwitch,
        boolean superPackets,
        ProxyLines proxy) {
    /** Keeps copies. */
    public InterfaceSection {
        addresses = List.copyOf(addresses);
        dnsServers = List.copyOf(dnsServers);
        searchDomains = List.copyOf(searchDomains);
    }

    /** This end with a key and addresses, and everything else left to be chosen. */
    public static InterfaceSection of(PrivateKey privateKey, List<IpPrefix> addresses) {
        return new InterfaceSection(
                privateKey,
                addresses,
                List.of(),
                List.of(),
                null,
                new RoutingTable.Auto(),
                Hooks.NONE,
                false,
                null,
                null,
                false,
                true,
                ProxyLines.NONE);
    }

    /** The same, listening on this port. */
    InterfaceSection withListenPort(int port) {
        return new InterfaceSection(
                privateKey,
                addresses,
                dnsServers,
                searchDomains,
                mtu,
                table,
                hooks,
                saveConfig,
                fwMark,
                port,
                killSwitch,
                superPackets,
                proxy);
    }
}
