package io.culvert.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The two machines and the cable between them: network namespaces named after this process, joined
 * by a veth pair.
 */
record Cable(Place gateway, Place laptop) {
    /** nginx's address. */
    static final String PROXY = "192.0.2.1";

    /** The gateway's own address, for connections without nginx. */
    static final String DIRECT = "192.0.2.3";

    /** The cable's end in either machine. */
    static final String DEVICE = "eth0";

    /** How the names of this demonstration's networks and folder begin. */
    static final String PREFIX = "cvd-" + ProcessHandle.current().pid() + "-";

    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final String LAPTOP_ADDRESS = "192.0.2.2/24";

    /** Makes both machines; {@code undo} removes them. */
    static Cable lay(Path folder, Undo undo) throws IOException, InterruptedException {
        Place gateway = machine(PREFIX + "gw", folder, undo);
        Place laptop = machine(PREFIX + "pc", folder, undo);
        List<String> veth = List.of("link", "add", DEVICE, "netns", gateway.name(), "type", "veth");
        List<String> peer = List.of("peer", "name", DEVICE, "netns", laptop.name());
        Place.ip(folder, Stream.of(veth, peer).flatMap(List::stream).toArray(String[]::new));
        connect(gateway, PROXY + "/24", DIRECT + "/24");
        connect(laptop, LAPTOP_ADDRESS);
        return new Cable(gateway, laptop);
    }

    private static Place machine(String name, Path folder, Undo undo)
            throws IOException, InterruptedException {
        undo.add(() -> remove(name, folder));
        Place.ip(folder, "netns", "add", name);
        return new Place(name, folder);
    }

    private static void remove(String name, Path folder) throws IOException, InterruptedException {
        if (Files.exists(NAMESPACES.resolve(name))) {
            Place.ip(folder, "netns", "delete", name);
        }
    }

    /** IPv6 stays off on the cable: its neighbours' chatter would be on the wire too. */
    private static void connect(Place place, String... addresses)
            throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder("set -e; ip link set lo up; ");
        script.append("f=/proc/sys/net/ipv6/conf/eth0/disable_ipv6; [ ! -e $f ] || echo 1 > $f; ");
        for (String address : addresses) {
            script.append("ip addr add ").append(address).append(" dev eth0; ");
        }
        place.run("sh", "-c", script.append("ip link set eth0 up").toString());
    }
}
