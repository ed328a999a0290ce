package io.culvert.tests;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The packages of {@code common} by floors, as data: each row is {@code floor package: may import}.
 * A package that is no row of this table fails the architecture test, so the table is complete.
 */
final class Floors {
    private static final String TABLE =
            """
            0 bytes:
            0 time:
            0 ip: bytes
            0 crypto:
            0 stats:
            0 libc: time
            1 wire: bytes
            1 route: ip bytes
            1 config: ip crypto
            1 queue: bytes ip stats time
            1 tun: bytes loop
            1 carrier: bytes stats
            1 loop:
            1 door: crypto bytes config
            2 noise: wire crypto time bytes
            2 session: wire crypto time bytes
            2 loop.epoll: loop libc bytes time
            2 tun.linux: tun bytes libc loop
            2 carrier.udp: carrier bytes stats loop libc
            2 netstack.tcp: bytes
            2 netstack: netstack.tcp bytes ip time stats
            3 tun.stack: tun netstack loop bytes time
            2 host: ip config
            3 tunnel: noise session route wire ip crypto bytes time stats
            2 relay: carrier queue wire bytes stats
            4 pump: tunnel tun carrier queue bytes time stats route ip loop
            4 control: tunnel carrier config crypto ip stats pump host uapi
            4 uapi: tunnel noise crypto ip carrier
            5 device: pump control uapi tunnel noise carrier carrier.udp tun loop.epoll libc time
            """;

    private Floors() {}

    /** One row: a package below {@code io.culvert} and the packages it may import. */
    record Row(int floor, String name, List<String> mayImport) {}

    /** The rows, by the name of their package. */
    static Map<String, Row> rows() {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (String line : TABLE.lines().toList()) {
            int colon = line.indexOf(':');
            String[] head = line.substring(0, colon).split(" ", -1);
            List<String> imports =
                    Arrays.stream(line.substring(colon + 1).split(" ", -1))
                            .filter(word -> !word.isEmpty())
                            .toList();
            rows.put(head[1], new Row(Integer.parseInt(head[0]), head[1], imports));
        }
        return rows;
    }
}
