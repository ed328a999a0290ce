package io.culvert.app.demo;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * The pair of configurations that the demonstration runs, with fresh keys. Immutable; the keys are
 * in the files and nowhere else afterwards.
 */
final class DemoFiles {
    static final String PATH = "/connect";
    static final String GATEWAY_V4 = "10.8.0.1";
    static final String GATEWAY_V6 = "fd08::1";

    private static final String TUNNEL_ONLY = "10.8.0.0/24, fd08::/64";

    private static final String CERTIFICATE = "culvert-state/gateway-certificate.pem";
    private static final String KEY = "culvert-state/gateway-key.pem";

    private final Path folder;
    private final PublicKey gateway;
    private final String laptopKey;
    private final String psk;

    private DemoFiles(Path folder, PublicKey gateway, String laptopKey, String psk) {
        this.folder = folder;
        this.gateway = gateway;
        this.laptopKey = laptopKey;
        this.psk = psk;
    }

    /**
     * Makes keys and the gateway's files.
     *
     * @param folder nobody else's
     * @param lines of the gateway's file: where it listens, and what else it must know
     */
    static DemoFiles make(Path folder, String lines) throws IOException {
        SecureRandom random = new SecureRandom();
        PrivateKey gateway = PrivateKey.generate(random);
        PrivateKey laptop = PrivateKey.generate(random);
        String psk = PresharedKey.generate(random).toBase64();
        DemoFiles files = new DemoFiles(folder, gateway.publicKey(), laptop.toBase64(), psk);
        String tunnel =
                """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.1/24, fd08::1/64

                # the laptop
                [Peer]
                PublicKey = %s
                PresharedKey = %s
                AllowedIPs = 10.8.0.2/32, fd08::2/128
                """
                        .formatted(gateway.toBase64(), laptop.publicKey().toBase64(), psk);
        write(folder.resolve("wg0.conf"), tunnel);
        write(
                folder.resolve("gateway.yaml"),
                """
                tunnel: wg0.conf
                path: %s
                %s
                """
                        .formatted(PATH, lines));
        gateway.destroy();
        laptop.destroy();
        return files;
    }

    Path gatewayFile() {
        return folder.resolve("gateway.yaml");
    }

    Path certificate() {
        return folder.resolve(CERTIFICATE);
    }

    Path certificateKey() {
        return folder.resolve(KEY);
    }

    /** The laptop's file for a way to the gateway, called {@code NAME.conf}. */
    Path laptopFile(String name, String url, String pin) throws IOException {
        Path file = folder.resolve(name + ".conf");
        write(file, laptopText("", TUNNEL_ONLY, carrier(url, pin)));
        return file;
    }

    private static String carrier(String url, String pin) {
        return "#@ WebSocket = " + url + PATH + "\n#@ Pin = " + pin + "\n";
    }

    private String laptopText(String interfaceLines, String allowedIps, String peerLines) {
        return """
        [Interface]
        PrivateKey = %s
        Address = 10.8.0.2/24, fd08::2/64
        %s
        [Peer]
        PublicKey = %s
        PresharedKey = %s
        AllowedIPs = %s
        %s\
        """
                .formatted(
                        laptopKey, interfaceLines, gateway.toBase64(), psk, allowedIps, peerLines);
    }

    /** How a kept pair is run on real machines. */
    enum Kept {
        /** Both ends as root. */
        AS_ROOT(
                """
                # On the server: culvert server gateway.yaml
                tunnel: wg0.conf
                listen:
                  - https://0.0.0.0:443
                nat: true
                """,
                """
                # On the laptop: culvert up home.conf. Put your server's name in place of
                # vpn.example.com; 'AllowedIPs = 0.0.0.0/0, ::/0' sends all traffic through.
                """,
                "",
                TUNNEL_ONLY,
                "vpn.example.com"),
        /** Neither. */
        WITHOUT_ROOT(
                """
                # On the server, as any user: culvert server gateway.yaml
                tunnel: wg0.conf
                inside: userspace
                listen:
                  - https://0.0.0.0:8443
                """,
                """
                # On the laptop, as any user: culvert proxy home.conf, which opens a SOCKS5 and
                # HTTP proxy. Put your server's name in place of vpn.example.com.
                """,
                "DNS = " + GATEWAY_V4 + "\n",
                "0.0.0.0/0, ::/0",
                "vpn.example.com:8443");

        private final String gateway;
        private final String laptop;
        private final String interfaceLines;
        private final String allowedIps;
        private final String server;

        Kept(String gateway, String laptop, String lines, String allowedIps, String server) {
            this.gateway = gateway;
            this.laptop = laptop;
            this.interfaceLines = lines;
            this.allowedIps = allowedIps;
            this.server = server;
        }
    }

    /**
     * Leaves the pair for real machines: one line to change.
     *
     * @throws IOException when a file is there already, or cannot be written
     */
    void keep(Path target, String pin, Kept kept) throws IOException {
        Files.createDirectories(target);
        Files.createDirectories(
                target.resolve("culvert-state"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        String carrier = carrier("wss://" + kept.server, pin);
        try {
            write(target.resolve("wg0.conf"), Files.readString(folder.resolve("wg0.conf")));
            write(target.resolve("gateway.yaml"), kept.gateway + "path: " + PATH + "\n");
            write(
                    target.resolve("home.conf"),
                    kept.laptop + laptopText(kept.interfaceLines, kept.allowedIps, carrier));
            for (String file : new String[] {CERTIFICATE, KEY}) {
                write(target.resolve(file), Files.readString(folder.resolve(file)));
            }
        } catch (FileAlreadyExistsException e) {
            throw new IOException(e.getFile() + " is there already: choose another folder", e);
        }
    }

    /** Makes a file that only its owner reads; never replaces one. */
    private static void write(Path file, String text) throws IOException {
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardOpenOption.WRITE);
    }
}
