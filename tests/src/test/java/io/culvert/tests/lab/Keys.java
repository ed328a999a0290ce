package io.culvert.tests.lab;

/** A WireGuard key pair, made by Debian's {@code wg}: another program than the one under test. */
public record Keys(String privateKey, String publicKey) {

    public static Keys make() {
        String[] lines = Shell.sh("k=$(wg genkey); echo $k; echo $k | wg pubkey").split("\n", -1);
        return new Keys(lines[0], lines[1]);
    }

    public static String preshared() {
        return Shell.sh("wg genpsk").strip();
    }

    @Override
    public String toString() {
        return publicKey;
    }
}
