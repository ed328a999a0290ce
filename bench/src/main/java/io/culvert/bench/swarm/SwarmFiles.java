package io.culvert.bench.swarm;

import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * The keys of a swarm, and the file of the gateway that knows them. Immutable.
 *
 * <p>{@code swarm.keys} holds 32 random bytes a tunnel, behind the gateway's; a private key is any.
 * {@code peers.conf} is a stock file, {@code wg0.conf} the same with the gateway's address.
 */
final class SwarmFiles {
    /** The inside: the gateway has the first address, tunnel {@code i} the one that is i after. */
    static final int GATEWAY = 10 << 24 | 64 << 16 | 1;

    private static final String GATEWAY_ADDRESS = "10.64.0.1/12";
    private static final String KEYS = "swarm.keys";

    private final byte[] keys;

    private SwarmFiles(byte[] keys) {
        this.keys = keys;
    }

    /** Makes all files of so many tunnels. */
    static void make(Path folder, int tunnels) throws IOException {
        byte[] keys = new byte[PrivateKey.LENGTH * (tunnels + 1)];
        new SecureRandom().nextBytes(keys);
        Files.write(secret(folder.resolve(KEYS)), keys);
        SwarmFiles made = new SwarmFiles(keys);
        made.write(folder.resolve("wg0.conf"), tunnels, "Address = " + GATEWAY_ADDRESS + "\n");
        made.write(folder.resolve("peers.conf"), tunnels, "");
    }

    static SwarmFiles read(Path folder) throws IOException {
        return new SwarmFiles(Files.readAllBytes(folder.resolve(KEYS)));
    }

    private static Path secret(Path file) throws IOException {
        Files.deleteIfExists(file);
        var mode = PosixFilePermissions.fromString("rw-------");
        return Files.createFile(file, PosixFilePermissions.asFileAttribute(mode));
    }

    private void write(Path file, int tunnels, String address) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(secret(file))) {
            byte[] own = Arrays.copyOf(keys, PrivateKey.LENGTH);
            String key = Base64.getEncoder().encodeToString(own);
            out.write("[Interface]\nPrivateKey = " + key + "\n" + address);
            for (int i = 1; i <= tunnels; i++) {
                String publicKey = privateKey(i).publicKey().toBase64();
                out.write(
                        "[Peer]\nPublicKey = " + publicKey + "\nAllowedIPs = " + text(address(i)));
                out.write("/32\n");
            }
        }
    }

    /** Tunnels that there are keys for. */
    int tunnels() {
        return keys.length / PrivateKey.LENGTH - 1;
    }

    /** The key of tunnel {@code i}, from 1 on. */
    PrivateKey privateKey(int i) {
        int at = i * PrivateKey.LENGTH;
        return PrivateKey.ofBytes(Arrays.copyOfRange(keys, at, at + PrivateKey.LENGTH));
    }

    PublicKey gateway() {
        return privateKey(0).publicKey();
    }

    /** The inner address of tunnel {@code i}. */
    static int address(int i) {
        return GATEWAY + i;
    }

    private static String text(int address) {
        return (address >>> 24)
                + "."
                + (address >>> 16 & 0xff)
                + "."
                + (address >>> 8 & 0xff)
                + "."
                + (address & 0xff);
    }
}
