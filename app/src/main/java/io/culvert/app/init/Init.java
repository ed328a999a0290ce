package io.culvert.app.init;

import io.culvert.app.run.WrongInput;
import io.culvert.server.tls.GatewayTls;
import io.culvert.server.tls.TlsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the files of a gateway and its first peers, all or none, and never over others. Confined
 * to the command's thread.
 */
public final class Init {
    private static final String GATEWAY = "gateway.yaml";
    private static final String TUNNEL = "wg0.conf";

    /** Where the gateway, too, looks for the certificate that it made. */
    private static final String STATE = "culvert-state";

    private final Path folder;
    private final InitPlan plan;
    private final PrintWriter out;

    private Init(Path folder, InitPlan plan, PrintWriter out) {
        this.folder = folder;
        this.plan = plan;
        this.out = out;
    }

    /**
     * Writes the files and says what to do next.
     *
     * @param now for the certificate
     * @throws WrongInput for a fault of the command line, or a file that is there already
     */
    public static void run(InitWish wish, PrintWriter out, Instant now)
            throws IOException, TlsException, WrongInput {
        run(wish, ThisMachine.look(), out, now);
    }

    static void run(InitWish wish, InitPlan.Here here, PrintWriter out, Instant now)
            throws IOException, TlsException, WrongInput {
        InitPlan plan = InitPlan.of(wish, here, new SecureRandom());
        Init init = new Init(wish.folder(), plan, out);
        init.write(now);
        init.tell(wish.endpoint() == null);
        if (wish.showsCode()) {
            plan.peers().forEach(init::show);
        }
        out.flush();
    }

    private void write(Instant now) throws IOException, TlsException, WrongInput {
        requireNothingThere();
        Files.createDirectories(folder);
        String pin = GatewayTls.open(null, folder.resolve(STATE), now).pin();
        Map<String, String> secrets = new LinkedHashMap<>();
        secrets.put(TUNNEL, InitFiles.tunnel(plan));
        for (InitPlan.Peer peer : plan.peers()) {
            secrets.put(peer.file(), InitFiles.peer(plan, peer, pin));
        }
        Set<Path> written = new LinkedHashSet<>();
        boolean success = false;
        try {
            write(GATEWAY, InitFiles.gateway(plan), "rw-r--r--", written);
            for (Map.Entry<String, String> secret : secrets.entrySet()) {
                write(secret.getKey(), secret.getValue(), "rw-------", written);
            }
            success = true;
        } finally {
            if (!success) {
                for (Path path : written) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private void requireNothingThere() throws WrongInput {
        requireFree(GATEWAY);
        requireFree(TUNNEL);
        for (InitPlan.Peer peer : plan.peers()) {
            requireFree(peer.file());
        }
    }

    private void requireFree(String name) throws WrongInput {
        Path path = folder.resolve(name);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new WrongInput(
                    path + " exists, and nothing is written over: name another folder, or move it");
        }
    }

    private void write(String name, String text, String mode, Set<Path> written)
            throws IOException {
        Path path = folder.resolve(name);
        var attribute = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
        try (var channel =
                Files.newByteChannel(
                        path,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        attribute)) {
            written.add(path);
            var bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    private void tell(boolean isAddressGuessed) {
        String inside =
                plan.isUserspace()
                        ? "inside: userspace, as this is not root with /dev/net/tun; needs no root"
                        : "inside: tun, with nat: run it as root";
        out.println("the gateway: " + folder.resolve(GATEWAY) + ", " + folder.resolve(TUNNEL));
        out.println("  " + inside);
        if (isAddressGuessed) {
            out.println(
                    "  peers reach it by "
                            + plan.host()
                            + ", an address of this machine: if that is not how others reach it,"
                            + " begin anew with --endpoint");
        }
        for (InitPlan.Peer peer : plan.peers()) {
            String addresses =
                    peer.addresses().stream()
                            .map(Object::toString)
                            .collect(Collectors.joining(", "));
            out.println(
                    "a peer: "
                            + folder.resolve(peer.file())
                            + ", "
                            + addresses
                            + " (holds its private key)");
        }
        tellNext();
    }

    private void tellNext() {
        String first = plan.peers().getFirst().file();
        out.println("next:");
        out.println("  here: culvert server " + folder.resolve(GATEWAY));
        out.printf(
                "  let in: TCP %d, and UDP %d for phones and other plain WireGuard%n",
                plan.port(), InitPlan.UDP_PORT);
        out.println(
                "  move each peer's file to its machine, by a way that nobody reads along, and"
                        + " there:");
        out.println(
                "    culvert proxy "
                        + first
                        + "    (SOCKS and HTTP at 127.0.0.1:1080, no root), or");
        out.println("    sudo culvert up " + first + "    (all traffic)");
    }

    private void show(InitPlan.Peer peer) {
        out.println();
        out.println(
                peer.name()
                        + " for a phone's WireGuard app. It holds the private key: let nobody look"
                        + " on, and give it to one device.");
        out.print(QrText.of(InitFiles.stock(plan, peer)));
    }
}
